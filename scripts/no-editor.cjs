// In the place of @inquirer/external-editor in the bundle: no question of ktrdr opens an editor.
exports.editAsync = () => {
  throw new Error('there is no editor in this program')
}

#!/usr/bin/env node
// The package's `ktrdr`: starts bin/ktrdr.ts in this process when Node is new enough, else in the Node npm brought.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isNewEnough, root, runNode } from './node.mjs'

const entry = join(root, 'bin', 'ktrdr.ts')
if (isNewEnough) await import(pathToFileURL(entry).href)
else runNode([entry, ...process.argv.slice(2)])

// The end of the demo: what to type next.

export function demoEnding({
  directory,
  name,
}: {
  readonly directory: string
  readonly name: string
}): string {
  return `
Killed twice, resumed twice, and not a byte is different. Try it yourself:

  export KTRDR_DATA_DIR=${directory}/data
  ${name} train ${directory}/pullback.yaml --data ${directory}/sp500-1d.csv --epochs 500     and press Ctrl-C
  ${name} operations list
  ${name} operations resume latest
  ${name} backtest pullback --data ${directory}/sp500-1d.csv --start 2017-01-01 --export results`
}

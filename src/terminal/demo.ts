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

  DEMO=${directory}; export KTRDR_DATA_DIR=$DEMO/data
  ${name} train $DEMO/pullback.yaml --data $DEMO/sp500-1d.csv --epochs 500  # press Ctrl-C
  ${name} operations list
  ${name} operations resume latest
  ${name} backtest pullback --data $DEMO/sp500-1d.csv --start 2017-01-01 --export results`
}

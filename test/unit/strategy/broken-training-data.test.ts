// Ways to break training_data, and the exact lines that the author reads.

import { describe } from 'vitest'
import { itTells } from './broken-files.ts'

describe('training_data, broken', () => {
  itTells([
    {
      what: 'a misspelt mode',
      edits: [['mode: single, symbol', 'mode: singel, symbol']],
      lines: [
        '4:20 training_data.symbols.mode: expected single or multi_symbol, was "singel"; did you mean "single"?',
      ],
    },
    {
      what: 'mode single without its symbol',
      edits: [[', symbol: EURUSD', '']],
      lines: [
        '4:3 training_data.symbols.symbol: is missing: mode: single needs it; write for example symbol: EURUSD',
      ],
    },
    {
      what: 'a symbol that YAML reads as a number',
      edits: [['EURUSD', '700']],
      lines: [
        '4:36 training_data.symbols.symbol: expected a symbol of 1 to 20 letters, digits, _, - and ., was 700; write it in quotes: "700"',
      ],
    },
    {
      what: 'a symbol with a slash',
      edits: [['EURUSD', 'EUR/USD']],
      lines: [
        '4:36 training_data.symbols.symbol: expected a symbol of 1 to 20 letters, digits, _, - and ., was "EUR/USD"',
      ],
    },
    {
      what: 'mode single with several symbols',
      edits: [['symbol: EURUSD', 'list: [EURUSD, GBPUSD]']],
      lines: [
        '4:34 training_data.symbols.list: names 2 symbols, but mode is single; write mode: multi_symbol',
      ],
    },
    {
      what: 'mode single with an empty list of symbols',
      edits: [['symbol: EURUSD', 'symbols: []']],
      lines: [
        '4:37 training_data.symbols.symbols: names no symbol; write for example symbol: EURUSD',
      ],
    },
    {
      what: 'mode single with a list in two spellings',
      edits: [['symbol: EURUSD', 'list: [A], symbols: [A]']],
      lines: [
        '4:39 training_data.symbols.symbols: means list, which is given too; keep one of the two',
      ],
    },
    {
      what: 'mode single with a list of what is no symbol',
      edits: [['symbol: EURUSD', 'list: [EUR/USD]']],
      lines: [
        '4:35 training_data.symbols.list[0]: expected a symbol of 1 to 20 letters, digits, _, - and ., was "EUR/USD"',
      ],
    },
    {
      what: 'mode single with several timeframes',
      edits: [['timeframe: 1h', 'list: [1h, 4h]\n    base_timeframe: 4h']],
      lines: [
        '7:11 training_data.timeframes.list: names 2 timeframes, but mode is single; write mode: multi_timeframe',
      ],
    },
    {
      what: 'a base timeframe that is not the one of the list',
      edits: [['timeframe: 1h', 'list: [1h]\n    base_timeframe: 4h']],
      lines: [
        "8:21 training_data.timeframes.base_timeframe: invalid timeframe '4h'; available timeframes: 1h",
      ],
    },
    {
      what: 'modes as version 2 calls them',
      edits: [
        ['mode: single, symbol', 'mode: single_symbol, symbol'],
        ['mode: single\n', 'mode: single_timeframe\n'],
      ],
      lines: [
        '4:20 training_data.symbols.mode: expected single or multi_symbol, was "single_symbol"; did you mean "single"?',
        '6:11 training_data.timeframes.mode: expected single or multi_timeframe, was "single_timeframe"; did you mean "single"?',
      ],
    },
    {
      what: 'mode multi_symbol without its list',
      edits: [['mode: single, symbol: EURUSD', 'mode: multi_symbol']],
      lines: [
        '4:3 training_data.symbols.list: is missing: mode: multi_symbol needs it; write for example list: [AAPL, MSFT]',
      ],
    },
    {
      what: 'an empty list of symbols',
      edits: [['mode: single, symbol: EURUSD', 'mode: multi_symbol, symbols: []']],
      lines: ['4:43 training_data.symbols.symbols: names no symbol'],
    },
    {
      what: 'a symbol named twice',
      edits: [['mode: single, symbol: EURUSD', 'mode: multi_symbol, list: [A, B, A]']],
      lines: ['4:47 training_data.symbols.list[2]: names A a second time; remove it'],
    },
    {
      what: 'a list of symbols in two spellings',
      edits: [['mode: single, symbol: EURUSD', 'mode: multi_symbol, list: [A], symbols: [B]']],
      lines: [
        '4:45 training_data.symbols.symbols: means list, which is given too; keep one of the two',
      ],
    },
    {
      what: 'mode single without its timeframe',
      edits: [['    timeframe: 1h\n', '']],
      lines: [
        '5:3 training_data.timeframes.timeframe: is missing: mode: single needs it; write for example timeframe: 1h',
      ],
    },
    {
      what: 'a timeframe that there is not',
      edits: [['timeframe: 1h', 'timeframe: 2h']],
      lines: [
        '7:16 training_data.timeframes.timeframe: expected one of 1m, 5m, 15m, 30m, 1h, 4h, 1d or 1w, was "2h"; did you mean "1h"?',
      ],
    },
    {
      what: 'a base timeframe outside the list',
      edits: [['timeframe: 1h', 'timeframe: 1h\n    base_timeframe: 4h']],
      lines: [
        "8:21 training_data.timeframes.base_timeframe: invalid timeframe '4h'; available timeframes: 1h",
      ],
    },
    {
      what: 'multi_timeframe with one timeframe',
      edits: [['mode: single\n    timeframe: 1h', 'mode: multi_timeframe\n    list: [1h]']],
      lines: [
        '7:11 training_data.timeframes.list: names fewer than two timeframes, which mode: multi_timeframe needs',
      ],
    },
    {
      what: 'mode multi_timeframe without its list',
      edits: [['mode: single\n    timeframe: 1h', 'mode: multi_timeframe']],
      lines: [
        '5:3 training_data.timeframes.list: is missing: mode: multi_timeframe needs it; write for example list: [1h, 4h]',
      ],
    },
    {
      what: 'a timeframe named twice',
      edits: [['mode: single\n    timeframe: 1h', 'mode: multi_timeframe\n    list: [1h, 4h, 1h]']],
      lines: ['7:20 training_data.timeframes.list[2]: names 1h a second time; remove it'],
    },
    {
      what: 'a list of timeframes in two spellings',
      edits: [
        [
          'mode: single\n    timeframe: 1h',
          'mode: multi_timeframe\n    list: [1h, 4h]\n    timeframes: [1h, 4h]',
        ],
      ],
      lines: [
        '8:5 training_data.timeframes.timeframes: means list, which is given too; keep one of the two',
      ],
    },
    {
      what: 'a base timeframe outside the list of several',
      edits: [
        [
          'mode: single\n    timeframe: 1h',
          'mode: multi_timeframe\n    timeframes: [1h, 4h]\n    base_timeframe: 1d',
        ],
      ],
      lines: [
        "8:21 training_data.timeframes.base_timeframe: invalid timeframe '1d'; available timeframes: 1h, 4h",
      ],
    },
    {
      what: 'too little history',
      edits: [['250', '49']],
      lines: [
        '8:21 training_data.history_required: expected an integer from 50 to 1000000, was 49',
      ],
    },
    {
      what: 'a number in quotes',
      edits: [['250', '"250"']],
      lines: [
        '8:21 training_data.history_required: expected an integer from 50 to 1000000, was "250"; write 250 without quotes',
      ],
    },
  ])
})

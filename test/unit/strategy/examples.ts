// Three strategies in upstream's grammar, one of each great kind.

/** Multi-layer perceptron, one timeframe, zigzag classes. */
export const EXAMPLE_A = `name: pullback_mlp_1h
version: "3.0"
description: Buy pull-backs inside an up-leg; one hour bars.
training_data:
  symbols:    { mode: single, symbol: EURUSD }
  timeframes: { mode: single, timeframe: "1h" }
  history_required: 250
indicators:
  rsi_9:      { type: rsi, period: 9 }
  bb_24:      { type: bbands, period: 24, multiplier: 1.8 }
  gap_ema_55: { type: distancefromma, period: 55, ma_type: EMA }
fuzzy_sets:
  dip:
    indicator: rsi_9
    washed_out: [0, 18, 34]
    middling:   [28, 50, 72]
    stretched:  [66, 82, 100]
  drift:
    indicator: gap_ema_55
    under: { type: gaussian,    parameters: [-0.6, 0.35] }
    near:  { type: trapezoidal, parameters: [-0.4, -0.1, 0.1, 0.4] }
    over:  { type: gaussian,    parameters: [0.6, 0.35] }
nn_inputs:
  - { fuzzy_set: dip,   timeframes: all }
  - { fuzzy_set: drift, timeframes: ["1h"] }
model:
  type: mlp
  architecture: { hidden_layers: [48, 24], activation: tanh, dropout: 0.15 }
decisions:
  output_format: classification
  confidence_threshold: 0.55
  allow_short_from_flat: true
  filters: { min_signal_separation: 6 }
training:
  labels: { source: zigzag, zigzag_threshold: 0.012 }
  epochs: 60
  batch_size: 64
  learning_rate: 0.0007
  data_split: { train: 0.7, validation: 0.15, test: 0.15 }
`

/** Gated recurrent units, two timeframes, triple barrier. */
export const EXAMPLE_B = `name: breakout_gru_mtf
version: "3.0"
training_data:
  symbols:    { mode: single, symbol: BTCUSD }
  timeframes: { mode: multi_timeframe, list: ["1h", "4h"], base_timeframe: "1h" }
  history_required: 400
indicators:
  adx_14:  { type: adx, period: 14 }
  macd_f:  { type: macd, fast_period: 8, slow_period: 21, signal_period: 5 }
  volr_20: { type: volumeratio, period: 20 }
fuzzy_sets:
  push:
    indicator: macd_f.histogram
    fading:  { type: gaussian, parameters: [-30, 25] }
    flat:    { type: gaussian, parameters: [0, 15] }
    growing: { type: gaussian, parameters: [30, 25] }
  trendiness:
    indicator: adx_14
    idle:   [0, 8, 20]
    moving: [15, 30, 70]
  crowd:
    indicator: volr_20
    thin:  [0, 0.4, 0.9]
    heavy: [1.1, 2.0, 5.0]
nn_inputs:
  - { fuzzy_set: push,       timeframes: all }
  - { fuzzy_set: trendiness, timeframes: ["4h"] }
  - { fuzzy_set: crowd,      timeframes: ["1h"] }
  - { raw_indicator: adx_14.plus_di, timeframes: ["1h"], normalization: minmax }
model:
  type: gru
  architecture: { sequence_length: 24, hidden_size: 40, num_layers: 2, dropout: 0.25 }
decisions:
  output_format: classification
  confidence_threshold: 0.42
  allow_short_from_flat: true
training:
  labels:
    source: triple_barrier
    pt_multiplier: 2.5
    sl_multiplier: 1.2
    max_holding_period: 36
    vol_span: 40
    vol_method: atr
  loss: focal
  focal_gamma: 1.5
  epochs: 120
  batch_size: 128
`

/** Regression on forward returns, several symbols. */
export const EXAMPLE_C = `name: fwdret_mlp_daily
version: "3.0"
training_data:
  symbols:    { mode: multi_symbol, list: [AAPL, MSFT, NVDA] }
  timeframes: { mode: single, timeframe: "1d" }
  history_required: 300
indicators:
  roc_5:  { type: roc, period: 5 }
  atr_10: { type: atr, period: 10 }
  wr_14:  { type: williamsr, period: 14 }
fuzzy_sets:
  speed:
    indicator: roc_5
    down: [-8, -3, 0]
    up:   [0, 3, 8]
  place:
    indicator: wr_14
    floor:   [-100, -90, -70]
    ceiling: [-30, -10, 0]
nn_inputs:
  - { fuzzy_set: speed, timeframes: all }
  - { fuzzy_set: place, timeframes: all }
  - { raw_indicator: atr_10, timeframes: all, normalization: zscore }
model:
  type: mlp
  architecture: { hidden_layers: [32], dropout: 0.1 }
decisions:
  output_format: regression
  cost_model: { round_trip_cost: 0.002, min_edge_multiplier: 2.0 }   # threshold 0.004
  filters: { min_signal_separation: 24 }
training:
  labels: { source: forward_return, horizon: 5 }
  loss: huber
  huber_delta: 0.02
  epochs: 80
  learning_rate: 0.0005
`

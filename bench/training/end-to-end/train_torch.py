"""What `ktrdr train strategy.yaml` does, as a plain PyTorch script: from a CSV of bars to a saved model.

    train_torch.py BARS.csv MODEL.pt --epochs 50 [--loader index]

The default is a TensorDataset in a DataLoader, as most scripts are written. `--loader index` takes each batch with one
index_select instead: what someone does who has looked for the time.
"""

import argparse
import copy
import json

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

FUZZY = {1: 0.3, 2: 0.42, 3: 0.52, 5: 0.67, 8: 0.85, 13: 1.1, 21: 1.4, 34: 1.75}  # period: width of its sets
PLAIN = [4, 10, 20, 40, 60, 90]
HORIZON = 5
BATCH = 256


def rate_of_change(close, period):
    rate = np.full_like(close, np.nan)
    rate[period:] = (close[period:] - close[:-period]) / close[:-period] * 100
    return rate


def features_of(close):
    columns = []
    for period, width in FUZZY.items():
        rate = rate_of_change(close, period)
        for mean in (-width, 0, width):
            columns.append(np.exp(-0.5 * ((rate - mean) / width) ** 2))
    columns += [rate_of_change(close, period) for period in PLAIN]
    return np.stack(columns, axis=1)


def load(path):
    """Features and labels of the training and the validation slice, normalised by the training slice."""
    close = np.loadtxt(path, delimiter=",", skiprows=1, usecols=4)
    labels = (close[HORIZON:] - close[:-HORIZON]) / close[:-HORIZON]
    features = features_of(close)[:-HORIZON]
    complete = ~np.isnan(features).any(axis=1)
    features, labels = features[complete], labels[complete]
    train_end, validation_end = int(len(labels) * 0.7), int(len(labels) * 0.85)
    train, validation = slice(0, train_end - HORIZON), slice(train_end, validation_end - HORIZON)
    plain = features[:, -len(PLAIN):]
    plain -= plain[train].mean(axis=0)
    plain /= plain[train].std(axis=0, ddof=1)
    slices = [(features[s], labels[s, None]) for s in (train, validation)]
    return [TensorDataset(*(torch.tensor(a, dtype=torch.float32) for a in pair)) for pair in slices]


class IndexLoader:
    """Batches of a TensorDataset, each taken at once."""

    def __init__(self, dataset, batch_size, shuffle=False):
        self.tensors, self.batch_size, self.shuffle = dataset.tensors, batch_size, shuffle

    def __iter__(self):
        count = len(self.tensors[0])
        order = torch.randperm(count) if self.shuffle else torch.arange(count)
        for index in order.split(self.batch_size):
            yield tuple(tensor.index_select(0, index) for tensor in self.tensors)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bars")
    parser.add_argument("model")
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--loader", choices=["dataloader", "index"], default="dataloader")
    options = parser.parse_args()

    torch.manual_seed(42)
    make_loader = DataLoader if options.loader == "dataloader" else IndexLoader
    train, validation = load(options.bars)
    train_loader = make_loader(train, batch_size=BATCH, shuffle=True)
    validation_loader = make_loader(validation, batch_size=BATCH)

    model = nn.Sequential(
        nn.Linear(train.tensors[0].shape[1], 64), nn.ReLU(), nn.Dropout(0.2),
        nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.2),
        nn.Linear(32, 1),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    criterion = nn.HuberLoss(delta=0.01)
    best_loss, best_weights = float("inf"), None
    for _ in range(options.epochs):
        model.train()
        for features, labels in train_loader:
            optimizer.zero_grad()
            loss = criterion(model(features), labels)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        model.eval()
        total = 0.0
        with torch.no_grad():
            for features, labels in validation_loader:
                total += criterion(model(features), labels).item() * len(labels)
        if total / len(validation) < best_loss:
            best_loss, best_weights = total / len(validation), copy.deepcopy(model.state_dict())
    torch.save(best_weights, options.model)
    print(json.dumps({"rows": len(train), "valLoss": best_loss}))


if __name__ == "__main__":
    main()

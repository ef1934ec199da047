"""PyTorch as a peer of the training bench: one JSON request a line on stdin, one JSON answer a line on stdout.

    {"case": {"work": "train", "network": {...}, "batch": 256, "dropout": 0.2}, "seconds": 0.4}
    -> {"median": ..., "p25": ..., "cpu": ..., "steps": ..., "variant": ...}        seconds a step

A training step takes a mini-batch by index, runs forward, softmax cross-entropy, backward and AdamW. Where PyTorch
has two ways to do the same (AdamW with foreach, a frozen trace for inference), both are tried and the faster is kept.
The number of threads is that of OMP_NUM_THREADS and OPENBLAS_NUM_THREADS, which the driver sets.
"""

import ctypes
import json
import os
import resource
import sys
import time

try:
    import torch
    from torch import nn
except ImportError as error:
    print(json.dumps({"missing": str(error)}), flush=True)
    sys.exit(0)

OUTPUTS = 3
SAMPLES = 8192
CALIBRATION_SECONDS = 0.15


def blas():
    """Name and kernel of the BLAS that the process has loaded."""
    try:
        library = ctypes.CDLL("libblas.so.3")
        texts = []
        for name in ("openblas_get_config", "openblas_get_corename"):
            function = getattr(library, name)
            function.restype = ctypes.c_char_p
            texts.append(function().decode())
        return " ".join(texts[0].split()[:2]) + f" ({texts[1]} kernels)"
    except (OSError, AttributeError):
        return "an unknown BLAS"


class Recurrent(nn.Module):
    def __init__(self, network, dropout):
        super().__init__()
        cell = nn.LSTM if network["kind"] == "lstm" else nn.GRU
        self.cell = cell(network["inputs"], network["hiddenSize"], batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(network["hiddenSize"], OUTPUTS)

    def forward(self, window):
        hidden, _ = self.cell(window)
        return self.head(self.dropout(hidden[:, -1]))


def make_model(network, dropout):
    """The model, and the shape of one sample."""
    if network["kind"] != "mlp":
        return Recurrent(network, dropout), (network["sequenceLength"], network["inputs"])
    layers, width = [], network["inputs"]
    for hidden in network["hiddenLayers"]:
        layers += [nn.Linear(width, hidden), nn.ReLU()]
        if dropout > 0:
            layers.append(nn.Dropout(dropout))
        width = hidden
    return nn.Sequential(*layers, nn.Linear(width, OUTPUTS)), (network["inputs"],)


def training_step(case, foreach):
    torch.manual_seed(0)
    batch = case["batch"]
    model, sample = make_model(case["network"], case["dropout"])
    features = torch.randn(SAMPLES, *sample)
    flat = features.reshape(SAMPLES, -1)
    teacher = torch.randn(flat.shape[1], OUTPUTS) / flat.shape[1] ** 0.5
    targets = (flat @ teacher + 0.3 * torch.randn(SAMPLES, OUTPUTS)).argmax(1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2, foreach=foreach)
    batches = torch.randperm(SAMPLES).split(batch)
    model.train()
    position = 0

    def step():
        nonlocal position
        index = batches[position]
        position = (position + 1) % len(batches)
        optimizer.zero_grad(set_to_none=True)
        outputs = model(features.index_select(0, index))
        loss = nn.functional.cross_entropy(outputs, targets.index_select(0, index))
        loss.backward()
        optimizer.step()

    return step


def prediction(case, frozen):
    torch.manual_seed(0)
    model, sample = make_model(case["network"], 0)
    model.eval()
    features = torch.randn(case["batch"], *sample)
    if frozen:
        with torch.no_grad():
            model = torch.jit.freeze(torch.jit.trace(model, features))

    def call():
        with torch.inference_mode():
            return model(features)

    return call


def variants(case):
    if case["work"] == "train":
        return {"foreach": training_step(case, True), "plain": training_step(case, False)}
    return {"frozen": prediction(case, True), "eager": prediction(case, False)}


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure(step, seconds):
    samples = []
    cpu, start = processor_seconds(), time.perf_counter()
    while True:
        before = time.perf_counter()
        step()
        after = time.perf_counter()
        samples.append(after - before)
        if after - start > seconds:
            break
    cpu = (processor_seconds() - cpu) / len(samples)
    samples.sort()
    middle, quarter = samples[len(samples) // 2], samples[len(samples) // 4]
    return {"median": middle, "p25": quarter, "cpu": cpu, "steps": len(samples)}


def fastest(case):
    trials = []
    for name, step in variants(case).items():
        for _ in range(3):
            step()
        trials.append((measure(step, CALIBRATION_SECONDS)["p25"], name, step))
    return min(trials)[1:]


def main():
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    print(json.dumps({"peer": f"PyTorch {torch.__version__} with {blas()}"}), flush=True)
    current, name, step = None, "", None
    for line in sys.stdin:
        request = json.loads(line)
        if request["case"] != current:
            step = None  # frees the last case before the next is made
            current = request["case"]
            name, step = fastest(current)
        print(json.dumps({**measure(step, request["seconds"]), "variant": name}), flush=True)


if __name__ == "__main__":
    main()

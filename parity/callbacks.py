"""What keras.callbacks.EarlyStopping and ReduceLROnPlateau do with given figures.

Writes golden/callbacks.json. Run from this folder: KERAS_BACKEND=torch python3 callbacks.py
"""

from golden_io import camel, keras, np, write

FIGURES = {
    "falling": [5, 4, 3, 2, 1],
    "bumpy": [3, 4, 2, 3, 3, 1, 1, 1, 1],
    "flat": [3, 3, 3, 3, 3, 3],
    "barely": [3, 2.99995, 2.9, 2.6, 2.5, 2.4, 2.39],
    "rising": [1, 2, 3, 4, 5, 4, 3, 0],
    "late nan": [3, float("nan"), float("nan"), 2, 2, 2],
    "noise": np.random.default_rng(1).uniform(0, 1, 20).round(3).tolist(),
}
STOPPING = [
    {},
    {"patience": 1},
    {"patience": 2},
    {"patience": 2, "min_delta": 0.5},
    {"patience": 2, "min_delta": -0.5},
    {"patience": 1, "mode": "max"},
    {"patience": 2, "baseline": 2.5},
    {"patience": 0, "baseline": 2.5},
    {"patience": 1, "start_from_epoch": 3},
    {"patience": 2, "restore_best_weights": True},
]
REDUCING = [
    {"factor": 0.5, "patience": 0},
    {"factor": 0.5, "patience": 1},
    {"factor": 0.5, "patience": 2},
    {"factor": 0.5, "patience": 1, "min_delta": 0},
    {"factor": 0.5, "patience": 1, "min_lr": 0.375},
    {"factor": 0.5, "patience": 1, "cooldown": 1},
    {"factor": 0.5, "patience": 1, "cooldown": 2},
    {"factor": 0.5, "patience": 2, "cooldown": 1, "mode": "max"},
]


def replay(callback: keras.callbacks.Callback, figures: list[float]) -> dict:
    """Epochs with these validation losses, until the callback stops; one weight is the epoch."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss="mse")
    callback.set_model(model)
    model.stop_training = False
    callback.on_train_begin()
    rates = []
    for epoch, figure in enumerate(figures):
        callback.on_epoch_begin(epoch)
        model.set_weights([np.full((1, 1), epoch, dtype="float32")])
        callback.on_epoch_end(epoch, {"val_loss": figure})
        rates.append(float(model.optimizer.learning_rate))
        if model.stop_training:
            break
    callback.on_train_end()
    return {"epochs": len(rates), "rates": rates, "weight": float(model.get_weights()[0].item())}


cases = [
    {
        "callback": cls.__name__,
        "options": {camel(key): value for key, value in options.items()},
        "figures": ["NaN" if np.isnan(value) else value for value in figures],
        "title": f"{cls.__name__} {options} on {name}",
        **replay(cls(monitor="val_loss", **options), figures),
    }
    for cls, table in ((keras.callbacks.EarlyStopping, STOPPING), (keras.callbacks.ReduceLROnPlateau, REDUCING))
    for options in table
    for name, figures in FIGURES.items()
]
write("callbacks", "callbacks.py", cases)

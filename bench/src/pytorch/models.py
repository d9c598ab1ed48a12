"""The same models in PyTorch. The last activation is part of the loss, as is usual there."""

from torch import nn

# Expansion, filters, how often, stride of the first.
MOBILENET_V2_BLOCKS = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
]


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(1000, 64)
        self.lstm = nn.LSTM(64, 64, batch_first=True)
        self.dense = nn.Linear(64, 1)

    def forward(self, x):
        return self.dense(self.lstm(self.embedding(x))[0][:, -1])


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = nn.TransformerEncoderLayer(128, 4, 512, dropout=0.0, activation="gelu", batch_first=True)
        self.dense = nn.Linear(128, 10)

    def forward(self, x):
        return self.dense(self.block(x).mean(1))


def conv(before, after):
    return nn.Sequential(nn.Conv2d(before, after, 3, padding=1), nn.ReLU())


def normalized(before, after, size, stride=1, groups=1, active=True):
    parts = [nn.Conv2d(before, after, size, stride, size // 2, groups=groups, bias=False), nn.BatchNorm2d(after)]
    return nn.Sequential(*parts, *([nn.ReLU6(inplace=True)] if active else []))


class Block(nn.Module):
    def __init__(self, before, expansion, after, stride):
        super().__init__()
        wide = before * expansion
        self.residual = stride == 1 and before == after
        self.body = nn.Sequential(
            *([normalized(before, wide, 1)] if expansion != 1 else []),
            normalized(wide, wide, 3, stride, groups=wide),
            normalized(wide, after, 1, active=False),
        )

    def forward(self, x):
        return x + self.body(x) if self.residual else self.body(x)


def mobilenet():
    parts, channels = [normalized(3, 32, 3, 2)], 32
    for expansion, filters, times, stride in MOBILENET_V2_BLOCKS:
        for i in range(times):
            parts.append(Block(channels, expansion, filters, stride if i == 0 else 1))
            channels = filters
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 1000), nn.Softmax(1)]
    return nn.Sequential(*parts, normalized(channels, 1280, 1), *head)


models = {
    "cnn": lambda: nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(13 * 13 * 32, 10)
    ),
    "lstm": Lstm,
    "mlp": lambda: nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)
    ),
    "cifar": lambda: nn.Sequential(
        *(conv(3, 32), conv(32, 32), nn.MaxPool2d(2), conv(32, 64), conv(64, 64), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(8 * 8 * 64, 256), nn.ReLU(), nn.Linear(256, 10)),
    ),
    "transformer": Transformer,
    "mobilenet": mobilenet,
}

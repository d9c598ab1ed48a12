"""Golden values of the legacy Tokenizer, pad_sequences, text_to_word_sequence and to_categorical.

Writes golden/text.json. Run from this folder: KERAS_BACKEND=torch python3 text.py
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
from keras.src.legacy.preprocessing.text import Tokenizer, text_to_word_sequence, tokenizer_from_json

GOLDEN = Path(__file__).parent / "golden" / "text.json"

# Ties in count, keys that look like numbers or like members of objects, letters whose lower case is longer or depends
# on what follows, characters beyond the first plane, combining marks, odd white space, nothing at all.
PLAIN = ["I love AI", "AI is awesome", "I hate AI"]
ODD = [
    "Don't panic!  2024, 7 and 2024; constructor __proto__ toString",
    "ΟΔΥΣΣΕΥΣ İstanbul STRASSE Straße ẞ Ǆ ΑΣ. ΑΣΑ",
    "😀 grin 😀😀 𝔘𝔫𝔦 e\u0301 é \u00a0nbsp\u00a0 zero\u200bwidth",
    "tab\tline\nreturn\rfeed\fquote\"back\\slash\u007f\u2028end",
    "",
    "   ...   ",
    "7 10 9 7 10 7 a b a",
]
LISTS = [["Already", "CUT", "cut", ""], ["cut", "into Tokens"]]

OPTIONS = {
    "defaults": {},
    "numWords 4": {"num_words": 4},
    "oovToken": {"oov_token": "<oov>"},
    "numWords 5, oovToken": {"num_words": 5, "oov_token": "<OOV>"},
    "numWords 0": {"num_words": 0},
    "not lower": {"lower": False},
    "charLevel": {"char_level": True},
    "charLevel, oovToken": {"char_level": True, "oov_token": "?", "num_words": 12},
    "no filters": {"filters": ""},
    "own filters": {"filters": "aé😀"},
    "own split": {"split": "--", "filters": " ."},
    "oovToken that occurs": {"oov_token": "ai"},
}
UNSEEN = ["ai loves i 2024", "nothing known here", "", "Ας 😀 7 B a\r", "a--b--c"]
MODES = ["binary", "count", "freq", "tfidf"]


def tokenizer_case(name, options, texts):
    tokenizer = Tokenizer(**options)
    tokenizer.fit_on_texts(texts[: len(texts) // 2])
    tokenizer.fit_on_texts(texts[len(texts) // 2 :])
    seen = tokenizer.texts_to_sequences(texts)
    unseen = tokenizer.texts_to_sequences(UNSEEN)
    config = tokenizer.get_config()
    back = tokenizer_from_json(tokenizer.to_json())
    assert back.texts_to_sequences(texts) == seen
    return {
        "name": name,
        "options": options,
        "texts": texts,
        "unseen": UNSEEN,
        "wordIndex": list(tokenizer.word_index.items()),
        "wordCounts": list(tokenizer.word_counts.items()),
        "sequences": {"seen": seen, "unseen": unseen},
        "backToTexts": tokenizer.sequences_to_texts(seen + [[0, 1, 2, 999]]),
        "matrix": {mode: tokenizer.texts_to_matrix(texts[:3] + UNSEEN[:1], mode).tolist() for mode in MODES},
        "config": config,
        "json": tokenizer.to_json(),
    }


def tokenizers():
    for data, texts in (("plain", PLAIN), ("odd", ODD), ("lists", LISTS)):
        for name, options in OPTIONS.items():
            yield tokenizer_case(f"{data}: {name}", options, texts)


def words():
    for text in ODD + PLAIN:
        for options in ({}, {"lower": False}, {"filters": "", "split": "a"}, {"split": "::"}):
            yield {"text": text, "options": options, "words": text_to_word_sequence(text, **options)}


def padding():
    flat = [[1], [2, 3], [], [4, 5, 6, 7, 8], [9.9, -9.9, 0.5]]
    steps = [[[1, 2], [3, 4], [5, 6]], [], [[7, 8]]]
    for sequences in (flat, steps, [[0.25, -0.75], [1e9]]):
        for maxlen in (None, 1, 2, 4, 7):
            for padding in ("pre", "post"):
                for truncating in ("pre", "post"):
                    for dtype, value in (("int32", 0.0), ("int32", -1), ("float32", 0.5)):
                        result = keras.utils.pad_sequences(
                            sequences, maxlen=maxlen, dtype=dtype, padding=padding, truncating=truncating, value=value
                        )
                        options = {"maxlen": maxlen, "dtype": dtype, "padding": padding, "truncating": truncating}
                        yield {
                            "sequences": sequences,
                            "options": options | {"value": value},
                            "shape": list(result.shape),
                            "values": result.ravel().tolist(),
                        }


def categorical():
    for labels, classes in (
        ([0, 2, 1], None),
        ([0, 2, 1], 5),
        ([[1], [0]], None),
        ([[1, 0, 3], [2, 2, 2]], None),
        ([[[1], [0]], [[2], [1]]], 4),
    ):
        result = keras.utils.to_categorical(labels, classes)
        yield {
            "labels": labels,
            "classes": classes,
            "shape": list(np.shape(result)),
            "values": np.asarray(result).ravel().tolist(),
        }


golden = {
    "madeWith": {"keras": keras.__version__, "script": "parity/text.py"},
    "tokenizers": list(tokenizers()),
    "words": list(words()),
    "padding": list(padding()),
    "categorical": list(categorical()),
}
sections = (f'  {json.dumps(key)}: [\n' + ",\n".join("    " + json.dumps(one) for one in value) + "\n  ]"
            if isinstance(value, list) else f"  {json.dumps(key)}: {json.dumps(value)}"
            for key, value in golden.items())
GOLDEN.write_text("{\n" + ",\n".join(sections) + "\n}\n")

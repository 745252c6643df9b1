"""The words of the generated reviews: reading the lists, bending words to their places, and drawing from them."""

import re
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np

from authoring.generator.draws import total

FOLDER = Path(__file__).parent / "lists"
SHORT_VERB = re.compile(r"(re|over|pre)?[^aeiou]*[aeiou][^aeiouwxy]")  # plan, stop, rewrap: the last letter doubles
TOPICS = "genre", "mood", "setting", "detail"
FREQUENT, RARE = 0.009, 0.0008  # appearances per review: of a frequent everyday word at least, of a rare one about
SOUNDS_LIKE_A_CONSONANT = re.compile(r"one|once|uku|uni|us[eu]|eu")


def read_sections(name):
    """Read `words/<name>.txt` into {section: [lines]}; `#` starts a comment line, `[section]` a section."""
    sections, lines = {}, []
    for line in (FOLDER / f"{name}.txt").read_text(encoding="ascii").splitlines():
        if line.startswith("["):
            lines = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return sections


def read_lists(name):
    """Read `words/<name>.txt` into {section: [words or phrases]}, where commas stand between them."""
    return {section: " ".join(lines).replace(", ", ",").split(",") for section, lines in read_sections(name).items()}


def tokens(text):
    """Lower-cased words of a text, as most tokenisers see them: letters and apostrophes."""
    return re.findall(r"[a-z']+", text.lower())


def with_article(word):
    """Put "a" or "an" before a word, by its sound."""
    vowel = word[0].lower() in "aeiou" and not SOUNDS_LIKE_A_CONSONANT.match(word)
    return ("an " if vowel or word.startswith(("honest", "honor", "hour")) else "a ") + word


def capital(text):
    """Make the first letter a capital, and leave the others as they are."""
    return text[0].upper() + text[1:]


def plural(noun):
    """loaf pan -> loaf pans, box -> boxes, city -> cities."""
    if noun.endswith(("s", "x", "z", "ch", "sh")):
        return noun + "es"
    if noun.endswith("fe"):
        return noun[:-2] + "ves"
    if noun.endswith("lf"):
        return noun[:-1] + "ves"
    return noun[:-1] + "ies" if re.search("[^aeiou]y$", noun) else noun + "s"


def past(verb):
    """plan -> planned, copy -> copied, bake -> baked (the lists hold regular verbs only)."""
    if verb.endswith("e"):
        return verb + "d"
    if re.search("[^aeiou]y$", verb):
        return verb[:-1] + "ied"
    return verb + (verb[-1] if SHORT_VERB.fullmatch(verb) else "") + "ed"


def gerund(verb):
    """plan -> planning, copy -> copying, bake -> baking."""
    if verb.endswith("e"):
        return verb[:-1] + "ing"
    return verb + (verb[-1] if SHORT_VERB.fullmatch(verb) else "") + "ing"


@cache
def topic_lists():
    """Words about series: {"genre": [[...], ...], "mood": ..., "setting": ..., "detail": ...}, and what each is called.

    "genre name", "mood name" and "where" hold a name for each group of the first three.
    """
    kinds = {"genre": "genre name", "mood": "mood name", "setting": "where", "craft": "craft name"}
    topics = {name: [] for name in (*kinds.values(), "genre", "mood", "setting", "detail")}
    for section, words in read_lists("topics").items():
        kind, _, name = section.partition(" ")
        topics["detail" if kind == "craft" else kind].append(words)
        topics[kinds[kind]].append(name)
    return topics


@cache
def name_lists():
    """Names of people: {"first": [...], "surname": [...]}."""
    parts = read_lists("names")
    return {"first": parts["first name"], "surname": parts["surname"]}


@cache
def title_lists():
    """What titles are made of, a list per group: {"genre": patterns, "setting": nouns, "mood": adjectives}."""
    topics, sections = topic_lists(), read_sections("titles")
    lists = read_lists("titles")
    return {
        "genre": [sections[f"genre {name}"] for name in topics["genre name"]],
        "setting": [lists[f"setting {name}"] for name in topics["where"]],
        "mood": [lists[f"mood {name}"] for name in topics["mood name"]],
    }


@cache
def filler_lists():
    """Everyday words by the slot of a sentence they fit, the most common first; none of them is about a series."""
    lists, parts = read_lists("filler"), read_lists("names")
    lists["things"] = [plural(noun) for noun in lists["thing"]]
    lists["compound"] = [a + b for b, a in product(lists["compound end"], lists["compound start"])]
    lists["compounds"] = [plural(noun) for noun in lists["compound"]]
    lists["town"] = [a + b for b, a in product(parts["town end"], parts["town start"])]
    again = [prefix + verb for prefix in ("re", "over", "pre") for verb in lists["verb"] if verb[0] not in "aeiour"]
    verbs = {"do": lists["verb"], "cook": lists["cook verb"], "meet": lists["people verb"], "redo": again}
    for verb, words in verbs.items():
        lists[f"to {verb}"] = words
        lists[f"{verb} past"] = [past(word) for word in words]
        lists[f"{verb} ing"] = [gerund(word) for word in words]
        lists[f"{verb} s"] = [plural(word) for word in words]
    about_series = {word for kind in TOPICS for words in topic_lists()[kind] for word in words}
    about_series |= {word.lower() for words in name_lists().values() for phrase in words for word in phrase.split()}
    return {slot: [word for word in words if about_series.isdisjoint(tokens(word))] for slot, words in lists.items()}


class Common:
    """Words that anybody may use, the most common first.

    Each is either frequent (Zipf's law, flatter at its head) or rare: what lies between is left to the words about
    series, so that they are what remains to be seen once the most common words are dropped.
    """

    def __init__(self, words, usage):
        """`usage` is how many of these words an average review holds."""
        self.words = words
        places = np.arange(1, len(words) + 1)
        zipf = 1 / (places + 12)
        left = usage - RARE * (len(words) - places)  # for the first k words, if the others are rare
        frequent = np.flatnonzero(left * zipf / np.cumsum(zipf) >= FREQUENT)
        head = frequent[-1] + 1 if len(frequent) else 0
        rates = np.full(len(words), RARE)
        rates[:head] = (usage - RARE * (len(words) - head)) * zipf[:head] / total(zipf[:head])
        self.reach = np.cumsum(rates / total(rates))

    def draw(self, draws, sentences, again):
        """Draw one word (its number in `words`) for each of the sentences."""
        return np.minimum(np.searchsorted(self.reach, draws.uniform(len(sentences.item))), len(self.words) - 1)


class Owned:
    """Words that belong to something: to the item, to the user, or to the tone of the sentence."""

    def __init__(self, words, owner, first, size, members=None):
        self.words, self.owner, self.first, self.size = words, owner, np.asarray(first), np.asarray(size)
        self.members = np.arange(len(words)) if members is None else members

    @classmethod
    def of_lists(cls, lists, owner, which):
        """Owner number o uses any of the words of `lists[which[o]]`."""
        sizes = np.array([len(words) for words in lists])
        words = [word for words in lists for word in words]
        return cls(words, owner, (np.cumsum(sizes) - sizes)[which], sizes[which])

    @classmethod
    def of_rows(cls, words, owner, rows, sizes):
        """Owner number o uses the words that the first `sizes[o]` numbers of `rows[o]` point to."""
        return cls(words, owner, np.arange(len(rows)) * rows.shape[1], sizes, rows.ravel())

    def draw(self, draws, sentences, again):
        """Draw one word for each sentence: at the slot's second appearance (`again` = 1), another than at its first.

        All slots of a sentence take the same turn in their lists, so that an actor meets his or her own character.
        """
        owner = getattr(sentences, self.owner)
        size = self.size[owner]
        step = 1 + (sentences.stride * (size - 1)).astype(int)
        turn = ((sentences.turn * size).astype(int) + again * step) % size
        return self.members[self.first[owner] + turn]

"""The text of the generated reviews: sentence templates, filled with everyday words and with words about the series.

A text is first a long array of numbers, each standing for a string, so that numpy draws all the words of thousands of
reviews at once; only at the end are the strings looked up and joined.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from authoring.generator.catalogue import THEMES
from authoring.generator.draws import Draws, exp, mean
from authoring.generator.words import Common, Owned, capital, filler_lists, read_sections, topic_lists, with_article

LOG_LENGTH_MEAN = 4.16  # gives the 4.11 of Amazon's files (in words), since whole sentences come out shorter
LOG_LENGTH_SD_OF_USERS = 0.60  # some people always write much
LOG_LENGTH_SD_OF_REVIEWS = 0.56
LOG_LENGTH_VARIANCE = math.fsum(sd * sd for sd in (LOG_LENGTH_SD_OF_USERS, LOG_LENGTH_SD_OF_REVIEWS))
LONGEST = 2_500  # words
TERSE = 19  # reviews of fewer words start with a short sentence, and those of half that number are one
KINDS = {  # sentences in the middle of a review, with their shares: over half say nothing about the series
    "viewing": 0.24,
    "life": 0.22,
    "plot": 0.14,
    "cast": 0.04,
    "mood": 0.06,
    "setting": 0.09,
    "detail": 0.06,
    "comparison": 0.03,
    "craft": 0.04,
    "opinion": 0.08,
}
OPENING, VERDICT = 0.7, 0.85  # shares of the reviews that have one
TONE_SD_OF_REVIEWS = 0.5  # how far the tone of a whole review strays from its rating, in stars
TONE_SD_OF_SENTENCES = 0.5  # and that of a sentence from its review
RESTRAINT = 0.3  # how many stars lower the words of a user sound who is lenient by one standard deviation
IRONY = 0.01  # share of reviews that say the opposite of what they mean
HABIT = 0.15  # share of sentences built on the user's favourite template of that kind


@dataclass(frozen=True)
class Sentences:
    """The sentences of many reviews: who writes about what, in which tone (0..4), by which template."""

    user: np.ndarray
    item: np.ndarray
    tone: np.ndarray
    template: np.ndarray
    turn: np.ndarray
    stride: np.ndarray

    def __getitem__(self, chosen):
        return Sentences(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


class Templates:
    """The sentence templates, as numbers: a positive one is a piece of text, a negative one a slot to fill."""

    def __init__(self):
        self.strings, self.slots, self.groups = [], {}, {}
        self.lines = []
        for section, lines in read_sections("sentences").items():
            self.groups[section] = (len(self.lines), len(lines))
            self.lines += [(section, line) for line in lines]
        codes = [self._encode(line) for _, line in self.lines]
        self.size = np.array([len(code) for code in codes])
        self.first = np.cumsum(self.size) - self.size
        self.codes = np.concatenate(codes)

    def _encode(self, line):
        code, seen = [], {}
        for n, part in enumerate(re.split(r"{(.*?)}", line + " ")):
            if n % 2:
                kind = part.lower().removeprefix("a ")
                again = seen[kind] = seen.get(kind, -1) + 1
                slot = (kind, part.lower() != kind, part[0].isupper(), again)  # "{A thing}" -> thing, article, capital
                code.append(-1 - self.slots.setdefault(slot, len(self.slots)))
            elif part:
                code.append(len(self.strings))
                self.strings.append(part)
        return np.array(code)

    def words_per_sentence(self):
        """Mean number of words of a sentence in the middle of a review."""
        return math.fsum(
            share * mean([len(line.split()) for section, line in self.lines if section.split()[0] == kind])
            for kind, share in KINDS.items()
        )

    def usage(self, nb_sentences):
        """How many words each slot takes per review, on average, in reviews of `nb_sentences` on average."""
        middle = nb_sentences - OPENING - VERDICT
        shares = {"opening": OPENING, "verdict": VERDICT, **{kind: share * middle for kind, share in KINDS.items()}}
        templates = Counter(section.split()[0] for section, _ in self.lines)
        usage = Counter()
        for section, line in self.lines:
            kind = section.split()[0]
            for slot in re.findall("{(.*?)}", line):
                usage[slot.lower().removeprefix("a ")] += shares.get(kind, 0) / templates[kind]
        return usage

    def group(self, kind, tone):
        """First template and number of templates of a kind of sentence, each an array like `tone` (0..4)."""
        levels = np.array([self.groups.get(kind) or self.groups[f"{kind} {level}"] for level in range(1, 6)])
        return levels[tone].T


class Reviewer:
    """Writes reviews of the series of a catalogue. Users keep their habits from one call of `write` to the next.

    `leniency` holds one standard normal number per user. Who gives many stars easily does not become more enthusiastic
    by it, so that the same words mean different ratings from different users.
    """

    def __init__(self, seed, catalogue, titles, leniency):
        nb_users = len(leniency)
        self.draws, self.templates, self.leniency = Draws([seed, 4]), Templates(), leniency
        self.wordiness = LOG_LENGTH_SD_OF_USERS * self.draws.normal(nb_users)
        self.habit = self.draws.uniform(nb_users)
        self.words_per_sentence = self.templates.words_per_sentence()
        self.sources = self._sources(catalogue, titles, nb_users)
        strings = list(self.templates.strings)
        self.slot_strings = []  # where the words of each slot start among the strings
        for kind, article, upper, _ in self.templates.slots:
            self.slot_strings.append(len(strings))
            words = map(with_article, self.sources[kind].words) if article else self.sources[kind].words
            strings += map(capital, words) if upper else words
        self.strings = np.array(strings, dtype=object)

    def _sources(self, series, titles, nb_users):
        topics, filler = topic_lists(), filler_lists()
        nb_sentences = float(exp(LOG_LENGTH_MEAN + LOG_LENGTH_VARIANCE / 2)) / self.words_per_sentence
        usage = self.templates.usage(nb_sentences)
        one, items = np.ones(len(titles), dtype=int), np.arange(len(titles))
        pets = self.draws.below(len(filler["pet phrase"]), nb_users)
        return {
            **{slot: Common(words, usage.get(slot, 0)) for slot, words in filler.items()},
            **{
                name: Owned.of_rows(series.words(name), "item", series.themes[name], one * n)
                for name, n in THEMES.items()
            },
            "where": Owned(topics["where"], "item", series.setting, one),
            "title": Owned(titles, "item", items, one),
            "actor": Owned.of_rows(series.actors, "item", series.cast, series.cast_size),
            "character": Owned.of_rows(series.roles, "item", series.characters, series.cast_size),
            "tone": Owned.of_lists([filler[f"tone {level}"] for level in range(1, 6)], "tone", np.arange(5)),
            "pet phrase": Owned(filler["pet phrase"], "user", pets, np.ones(nb_users, dtype=int)),
        }

    def write(self, users, items, ratings):
        """Write one review for each (user, item, rating 1..5): a list of texts and a list of summaries."""
        draws, count = self.draws, len(users)
        length = LOG_LENGTH_MEAN + self.wordiness[users] + LOG_LENGTH_SD_OF_REVIEWS * draws.normal(count)
        length = np.minimum(exp(length), LONGEST)
        counts = np.rint(length / self.words_per_sentence).clip(min=2).astype(int)
        counts[length < TERSE / 2] = 1
        meant = np.where(draws.uniform(count) < IRONY, 6 - ratings, ratings)
        tone = meant - RESTRAINT * self.leniency[users] + TONE_SD_OF_REVIEWS * draws.normal(count)
        texts = self._render(self._compose(users, items, tone, counts, length < TERSE), counts)
        summaries = self._render(self._choose(users, items, tone, np.full(count, "summary")), np.ones(count, dtype=int))
        return texts, summaries

    def _compose(self, users, items, tone, counts, terse):
        """Choose the sentences of each review: an opening, what lies between, and often a verdict."""
        draws = self.draws
        review = np.repeat(np.arange(len(counts)), counts)
        position = np.arange(len(review)) - np.repeat(np.cumsum(counts) - counts, counts)
        length = counts[review]
        kind = np.array(list(KINDS))[draws.choice(list(KINDS.values()), len(review))]
        kind[(position == 0) & (draws.uniform(len(review)) < OPENING)] = "opening"
        kind[(position == length - 1) & (draws.uniform(len(review)) < VERDICT)] = "verdict"
        kind[(position == 0) & terse[review]] = "terse"
        return self._choose(users[review], items[review], tone[review], kind)

    def _choose(self, users, items, tone, kind):
        """Choose a template for each sentence, by its kind, its tone and the user's habits."""
        draws, count = self.draws, len(kind)
        tone = np.clip(np.rint(tone + TONE_SD_OF_SENTENCES * draws.normal(count)), 1, 5).astype(int) - 1
        which = np.where(draws.uniform(count) < HABIT, self.habit[users], draws.uniform(count))
        template = np.empty(count, dtype=int)
        for name in np.unique(kind):
            chosen = np.flatnonzero(kind == name)
            first, size = self.templates.group(name, tone[chosen])
            template[chosen] = first + (which[chosen] * size).astype(int)
        return Sentences(users, items, tone, template, draws.uniform(count), draws.uniform(count))

    def _render(self, sentences, counts):
        """Fill the slots and join: one string per review of `counts[r]` sentences."""
        size = self.templates.size[sentences.template]
        sentence = np.repeat(np.arange(len(size)), size)
        offset = np.arange(len(sentence)) - np.repeat(np.cumsum(size) - size, size)
        codes = self.templates.codes[self.templates.first[sentences.template][sentence] + offset]
        for slot, (kind, _, _, again) in enumerate(self.templates.slots):
            here = np.flatnonzero(codes == -1 - slot)
            words = self.sources[kind].draw(self.draws, sentences[sentence[here]], again)
            codes[here] = self.slot_strings[slot] + words
        strings = self.strings[codes].tolist()
        ends = np.cumsum(size)[np.cumsum(counts) - 1].tolist()
        return ["".join(strings[start:end]).rstrip() for start, end in zip([0, *ends], ends, strict=False)]

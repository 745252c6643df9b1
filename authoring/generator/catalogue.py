"""The invented series: what each is about, who plays in it, and its title."""

import re
from dataclasses import dataclass

import numpy as np

from authoring.generator.draws import Draws, argsort
from authoring.generator.words import name_lists, title_lists, tokens, topic_lists

THEMES = {"genre": 12, "mood": 6, "setting": 7, "detail": 6}  # how many words of each a series has as its own
CAST = 5  # actors of a series, from the star to the extra, of whom 4 or 5 are named
EVERY = 4  # one first name in so many serves characters: few names, so that other words tell series apart


@dataclass(frozen=True)
class Catalogue:
    """What the invented series are about; every array has one row per item, and numbers point into the word lists."""

    genre: np.ndarray
    mood: np.ndarray
    setting: np.ndarray
    craft: np.ndarray
    themes: dict  # "genre" -> (nb_items, 12), the words of its genre that this series is about; likewise the others
    cast: np.ndarray  # (nb_items, 5) actors, of which the first cast_size count
    characters: np.ndarray  # (nb_items, 5) characters, each played by the actor in the same place
    cast_size: np.ndarray  # 4 or 5
    actors: list  # their full names
    roles: list  # the characters' names

    @classmethod
    def draw(cls, seed, nb_items):
        """Invent `nb_items` series."""
        draws, topics, names = Draws([seed, 1]), topic_lists(), name_lists()
        nb_genres, nb_moods = len(topics["genre"]), len(topics["mood"])
        genre = draws.choice(1 / (np.arange(nb_genres) + 12), nb_items)
        # Light genres and moods have even numbers, dark ones odd: most series are one or the other throughout.
        mood = draws.below(nb_moods // 2, nb_items) * 2 + (genre + (draws.uniform(nb_items) < 0.2)) % 2
        kinds = {
            "genre": genre,
            "mood": mood,
            "setting": draws.below(len(topics["setting"]), nb_items),
            "detail": draws.below(len(topics["detail"]), nb_items),
        }
        careers = 2 + nb_items // (nb_genres * 2)  # how many actors of each rank (star, ..., extra) a genre employs
        nb_actors = CAST * careers * nb_genres
        firsts, surnames = names["first"], names["surname"]
        given, family = draws.below(len(firsts), nb_actors), draws.below(len(surnames), nb_actors)
        rank, career = np.arange(CAST), draws.below(careers, nb_items * CAST).reshape(-1, CAST)
        roles = firsts[::EVERY]
        role = draws.below(len(roles) // CAST, nb_items * CAST).reshape(-1, CAST)
        return cls(
            **{name: kinds[name] for name in ("genre", "mood", "setting")},
            craft=kinds["detail"],
            themes={name: draw_themes(draws, topics[name], kinds[name], size) for name, size in THEMES.items()},
            cast=(genre[:, None] * careers + career) * CAST + rank,
            characters=role * CAST + rank,  # five of five kinds: all different
            cast_size=CAST - 1 + draws.below(2, nb_items),
            actors=[f"{firsts[a]} {surnames[b]}" for a, b in zip(given, family, strict=True)],
            roles=roles,
        )

    def topic_words(self, item, title):
        """Return the words that are about one item, lower-cased: its themes', its place's, its cast's, its title's."""
        topics, size = topic_lists(), self.cast_size[item]
        phrases = [
            *(self.words(name)[number] for name in THEMES for number in self.themes[name][item]),
            topics["where"][self.setting[item]],
            *(self.actors[actor] for actor in self.cast[item, :size]),
            *(self.roles[role] for role in self.characters[item, :size]),
            title,
        ]
        return list(dict.fromkeys(word for phrase in phrases for word in tokens(phrase)))

    @staticmethod
    def words(name):
        """Return the words that the numbers in `themes[name]` stand for."""
        return [word for group in topic_lists()[name] for word in group]

    def categories(self, item):
        """Return in words what a series is, from the general to the particular: genre, mood, place."""
        topics = topic_lists()
        kinds = (topics["genre name"][self.genre[item]], topics["mood name"][self.mood[item]])
        return [name.capitalize() for name in (*kinds, topics["where"][self.setting[item]])]

    def cast_names(self, item):
        """Return the names of the actors, the star first."""
        return [self.actors[actor] for actor in self.cast[item, : self.cast_size[item]]]


def draw_themes(draws, groups, which, size):
    """Draw for each item `size` different words of the group `which[item]`, as numbers among all words: (N, size)."""
    lengths = np.array([len(group) for group in groups])
    luck = draws.uniform(len(which) * lengths.max()).reshape(len(which), -1)
    luck[np.arange(lengths.max()) >= lengths[which][:, None]] = 1  # a shorter group has no words there
    chosen = np.stack([argsort(row)[:size] for row in luck])
    return (np.cumsum(lengths) - lengths)[which][:, None] + chosen


def draw_titles(seed, catalogue):
    """Invent a title for each series, all different, that fits its genre, mood and place."""
    draws, lists, surnames = Draws([seed, 2]), title_lists(), name_lists()["surname"]
    titles = {}  # title -> the number of its series, in order
    for item, roles in enumerate(catalogue.characters):
        patterns = lists["genre"][catalogue.genre[item]]
        words = {"Surname": surnames, "Place": lists["setting"][catalogue.setting[item]]}
        words["Mood"] = lists["mood"][catalogue.mood[item]]
        title = None
        while title is None or title in titles:
            title = invent_title(draws, patterns, words, [catalogue.roles[role] for role in roles])
        titles[title] = item
    return list(titles)


def invent_title(draws, patterns, words, heroes):
    """Return one of `patterns`, its slots filled: {First} from `heroes` in their order, others from `words`."""
    pattern = patterns[draws.below(len(patterns), 1)[0]]
    chosen = {"First": heroes[::-1]}

    def fill(slot):
        if slot[1] not in chosen:
            chosen[slot[1]] = [words[slot[1]][n] for n in draws.below(len(words[slot[1]]), 2)]
        return chosen[slot[1]].pop()

    return re.sub("{(.*?)}", fill, pattern)

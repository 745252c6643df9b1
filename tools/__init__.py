"""Commands that are no tests: they measure what texts and tests build on."""

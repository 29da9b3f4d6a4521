"""Many runners, killed at random, on a clock that races: nothing doubled, nothing lost."""

-- From this format on, a span of an annotation may have the origin 5: projected from a near-duplicate. Earlier versions do not know it.

-- Planned for the distribution of work and never used.
DROP TABLE IF EXISTS assignment;

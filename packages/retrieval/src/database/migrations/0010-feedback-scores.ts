import type { Migration } from './migration.ts';

/**
 * The second lexical round of 0006, the same scores in about 60 % of the time: of each candidate only the words of the widened question are ranked, where
 * it has them; to unpack all lexemes of all candidates took most of it.
 */
export const feedbackScores: Migration = {
  version: 10,
  name: 'feedback scores',
  sql: `
CREATE OR REPLACE FUNCTION plinth.lexical_feedback(question text, best bigint[], pool bigint[])
RETURNS TABLE (passage_id bigint, score double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
  own_tenant constant text := plinth.tenant();
  own_groups constant text[] := plinth.groups();
  corpus plinth.corpora;
  queries tsquery[];
  weights double precision[];
BEGIN
  IF own_tenant IS NULL OR cardinality(own_groups) = 0 OR cardinality(best) > 100 OR cardinality(pool) > 2000 THEN
    RETURN;
  END IF;
  SELECT * INTO corpus FROM plinth.corpora c WHERE c.tenant = own_tenant;
  IF NOT FOUND OR corpus.passages = 0 THEN
    RETURN;
  END IF;

  WITH asked AS (
    SELECT u.lexeme, cardinality(u.positions)::double precision AS mass FROM unnest(plinth.lexemes(left(question, 8192))) AS u LIMIT 64
  ), likely AS (
    SELECT u.lexeme, sum(cardinality(u.positions)::double precision / (b.place * p.length)) AS mass
    FROM unnest(best) WITH ORDINALITY AS b(id, place)
    JOIN plinth.passages p ON p.id = b.id AND p.tenant = own_tenant AND p.groups && own_groups AND p.length > 0
    CROSS JOIN LATERAL unnest(p.lexemes) AS u
    GROUP BY u.lexeme ORDER BY mass DESC, u.lexeme LIMIT 100
  ), widening AS (
    SELECT l.lexeme, l.mass FROM likely l LEFT JOIN plinth.lexeme_counts c ON c.tenant = own_tenant AND c.lexeme = l.lexeme
    WHERE coalesce(c.passages, 1) <= 0.1 * corpus.passages
    ORDER BY l.mass DESC, l.lexeme LIMIT 20
  ), parts AS (
    SELECT lexeme, mass / sum(mass) OVER () AS share FROM asked
    UNION ALL
    SELECT lexeme, mass / sum(mass) OVER () FROM widening
  ), widened AS (
    SELECT lexeme, sum(share) AS share FROM parts GROUP BY lexeme
  ), counted AS (
    SELECT w.lexeme, w.share, least(coalesce(c.passages, 1), corpus.passages) AS holders
    FROM widened w LEFT JOIN plinth.lexeme_counts c ON c.tenant = own_tenant AND c.lexeme = w.lexeme
  )
  SELECT array_agg(plinth.lexeme_query(lexeme)), array_agg(2.2 * share * ln(1 + (corpus.passages - holders + 0.5) / (holders + 0.5)))
  INTO queries, weights FROM counted;

  RETURN QUERY
  WITH candidates AS MATERIALIZED (
    SELECT p.id, p.lexemes, 1.2 * (0.25 + 0.75 * p.length * (corpus.passages / greatest(corpus.length, 1)::double precision)) AS norm
    FROM plinth.passages p WHERE p.id = ANY(pool) AND p.tenant = own_tenant AND p.groups && own_groups
  ), scored AS (
    SELECT c.id, (
      SELECT sum(q.weight * (1 - c.norm / (plinth.term_frequency(c.lexemes, q.query) + c.norm)))
      FROM unnest(queries, weights) AS q(query, weight) WHERE c.lexemes @@ q.query
    ) AS s
    FROM candidates c
  )
  SELECT id, s FROM scored WHERE s IS NOT NULL ORDER BY s DESC, id;
END $$;
`,
};

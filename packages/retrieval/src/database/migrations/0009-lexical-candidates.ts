import type { Migration } from './migration.ts';

/** Passages that match and may be read, beside those of `before`, which come first: none where these are enough, and not more than `most` in all. */
function scan(query: string, before: readonly string[]): string {
  const ids = before.map((one) => `SELECT id FROM ${one}`).join(' UNION ALL ');
  const room = `(SELECT CASE WHEN count(*) < least(wanted, most) THEN most - count(*) ELSE 0 END FROM (${ids}) AS ids)`;
  return `SELECT p.id, p.lexemes, p.length FROM plinth.passages p
    WHERE p.lexemes @@ ${query} AND p.tenant = own_tenant AND p.groups && own_groups
      AND (filter IS NULL OR plinth.matches(p.metadata, filter)) ${ids === '' ? '' : `AND p.id NOT IN (${ids})`}
    LIMIT ${ids === '' ? 'most' : room}`;
}

/**
 * BM25 as in 0004, of better candidates at less than half the number. Lexemes are taken from the rarest on while their passages fit into `budget`. One that
 * too many passages have counts only together with the next rarest ones, as many as bring the expected number down: a passage that has a common word and
 * none of the others would be last. Where that finds fewer than wanted, passages that have all the common words are next, and then those that have the
 * rarest of them. Each pair of candidate and lexeme is ranked once, and only where it matches.
 */
export const lexicalCandidates: Migration = {
  version: 9,
  name: 'lexical candidates',
  sql: `
CREATE OR REPLACE FUNCTION plinth.lexical(question text, wanted integer, budget integer, filter jsonb)
RETURNS TABLE (passage_id bigint, score double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off
AS $$
DECLARE
  own_tenant constant text := plinth.tenant();
  own_groups constant text[] := plinth.groups();
  most constant integer := least(budget, 20000);
  corpus plinth.corpora;
  queries tsquery[];
  weights double precision[];
  holders double precision[];
  part tsquery;
  expected double precision;
  total double precision := 0;
  rare tsquery;
  joint tsquery;
  common tsquery;
BEGIN
  IF own_tenant IS NULL OR cardinality(own_groups) = 0 THEN
    RETURN;
  END IF;
  SELECT * INTO corpus FROM plinth.corpora c WHERE c.tenant = own_tenant;
  IF NOT FOUND OR corpus.passages = 0 THEN
    RETURN;
  END IF;
  WITH asked AS (
    SELECT plinth.lexeme_query(u.lexeme) AS query, least(coalesce(c.passages, 1), corpus.passages) AS held
    FROM unnest(plinth.lexemes(left(question, 8192))) AS u
    LEFT JOIN plinth.lexeme_counts c ON c.tenant = own_tenant AND c.lexeme = u.lexeme
    ORDER BY held, u.lexeme LIMIT 32
  )
  SELECT array_agg(query), array_agg(held), array_agg(2.2 * ln(1 + (corpus.passages - held + 0.5) / (held + 0.5)))
  INTO queries, holders, weights FROM asked;

  FOR i IN 1 .. coalesce(cardinality(queries), 0) LOOP
    part := queries[i];
    expected := holders[i];
    -- Even to look where a very common word meets others takes long.
    EXIT WHEN total >= wanted AND expected > 2 * most;
    IF total + expected > most THEN
      common := coalesce(common, part);
      FOR j IN i + 1 .. cardinality(queries) LOOP
        part := part && queries[j];
        expected := expected * holders[j] / corpus.passages;
        EXIT WHEN total + expected <= most;
      END LOOP;
    END IF;
    IF total + expected > most THEN
      joint := part;
      EXIT;
    END IF;
    rare := coalesce(rare || part, part);
    total := total + expected;
  END LOOP;

  RETURN QUERY
  WITH first AS MATERIALIZED (
    ${scan('rare', [])}
  ), second AS MATERIALIZED (
    ${scan('joint', ['first'])}
  ), third AS MATERIALIZED (
    ${scan('common', ['first', 'second'])}
  ), candidates AS (
    SELECT id, lexemes, 1.2 * (0.25 + 0.75 * length * (corpus.passages / greatest(corpus.length, 1)::double precision)) AS norm
    FROM (SELECT * FROM first UNION ALL SELECT * FROM second UNION ALL SELECT * FROM third) AS found
  )
  SELECT c.id, (
    SELECT sum(q.weight * (1 - c.norm / (plinth.term_frequency(c.lexemes, q.query) + c.norm)))
    FROM unnest(queries, weights) AS q(query, weight) WHERE c.lexemes @@ q.query
  ) AS s
  FROM candidates c ORDER BY s DESC, c.id LIMIT least(wanted, 1000);
END $$;
`,
};

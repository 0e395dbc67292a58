import type { Migration } from './migration.ts';

/**
 * BM25 in built-in functions (k1 1.2, b 0.75). `ts_rank` of one lexeme with all weights 1 is H₂(tf)/ζ(2), where H₂(n) = Σ 1/k² ≈ ζ(2) − 1/(n + ½); tf is
 * found back from it. Lexemes are taken from the rarest on while their passages fit into `budget`, and only passages that have one of those
 * are scored, on all lexemes: a word that is everywhere never costs a scan of everything.
 */
export const lexical: Migration = {
  version: 4,
  name: 'lexical',
  sql: `
CREATE FUNCTION plinth.lexemes(content text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_tsvector('pg_catalog.english', content);

CREATE FUNCTION plinth.lexeme_query(lexeme text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''')::tsquery;

-- How often a lexeme is in a tsvector, positions counted (256 at most are kept).
CREATE FUNCTION plinth.term_frequency(content tsvector, query tsquery) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(1 / (1.6449340668482264 * (1 - ts_rank('{1,1,1,1}', content, query)::double precision)) - 0.5);

-- A list of lists of objects: of each list one at least is contained in the metadata.
CREATE FUNCTION plinth.matches(metadata jsonb, filter jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN NOT EXISTS (
  SELECT FROM jsonb_array_elements(filter) AS every(choices)
  WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(every.choices) AS any_of(choice) WHERE metadata @> any_of.choice)
);

CREATE FUNCTION plinth.lexical(question text, wanted integer, budget integer, filter jsonb)
RETURNS TABLE (passage_id bigint, score double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off
AS $$
DECLARE
  own_tenant constant text := plinth.tenant();
  own_groups constant text[] := plinth.groups();
  corpus plinth.corpora;
  queries tsquery[];
  weights double precision[];
  selected tsquery;
BEGIN
  IF own_tenant IS NULL OR cardinality(own_groups) = 0 THEN
    RETURN;
  END IF;
  SELECT * INTO corpus FROM plinth.corpora c WHERE c.tenant = own_tenant;
  IF NOT FOUND OR corpus.passages = 0 THEN
    RETURN;
  END IF;

  WITH asked AS (
    SELECT plinth.lexeme_query(u.lexeme) AS query, least(coalesce(c.passages, 1), corpus.passages) AS holders
    FROM unnest(plinth.lexemes(left(question, 8192))) AS u
    LEFT JOIN plinth.lexeme_counts c ON c.tenant = own_tenant AND c.lexeme = u.lexeme
  ), ordered AS (
    SELECT query, holders, row_number() OVER (ORDER BY holders, query::text) AS place,
           sum(holders) OVER (ORDER BY holders, query::text) AS total
    FROM asked
  )
  SELECT array_agg(query ORDER BY place), array_agg(ln(1 + (corpus.passages - holders + 0.5) / (holders + 0.5)) ORDER BY place),
         string_agg(query::text, '|') FILTER (WHERE place = 1 OR total <= budget)::tsquery
  INTO queries, weights, selected
  FROM ordered WHERE place <= 32;
  IF selected IS NULL THEN
    RETURN;
  END IF;

  RETURN QUERY
  WITH candidates AS MATERIALIZED (
    SELECT p.id, p.lexemes, 1.2 * (0.25 + 0.75 * p.length * corpus.passages / greatest(corpus.length, 1)::double precision) AS norm
    FROM plinth.passages p
    WHERE p.lexemes @@ selected AND p.tenant = own_tenant AND p.groups && own_groups
      AND (filter IS NULL OR plinth.matches(p.metadata, filter))
    LIMIT least(budget, 20000)
  )
  SELECT c.id, sum(t.weight * t.tf * 2.2 / (t.tf + c.norm)) AS s
  FROM candidates c
  CROSS JOIN LATERAL (
    SELECT q.weight, plinth.term_frequency(c.lexemes, q.query) AS tf FROM unnest(queries, weights) AS q(query, weight)
  ) t
  GROUP BY c.id ORDER BY s DESC, c.id LIMIT least(wanted, 1000);
END $$;

GRANT EXECUTE ON FUNCTION plinth.lexemes(text), plinth.lexeme_query(text), plinth.term_frequency(tsvector, tsquery), plinth.matches(jsonb, jsonb)
  TO rag_reader, rag_writer;
REVOKE EXECUTE ON FUNCTION plinth.lexical(text, integer, integer, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plinth.lexical(text, integer, integer, jsonb) TO rag_reader;
`,
};

"""The functions of the database behind the list of applications.

`grants_bigrams` is what the index of the texts holds; production needs a database whose LC_CTYPE
is a UTF-8 one, so that small letters and trigrams know more than ASCII.
"""

BIGRAMS = """
CREATE FUNCTION grants_bigrams(told text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
    SELECT coalesce(array_agg(DISTINCT sign || following), '{}')
      FROM (SELECT sign, lead(sign) OVER (ORDER BY place) AS following
              FROM unnest(string_to_array(told, NULL)) WITH ORDINALITY AS signs (sign, place)) pairs
     WHERE sign !~ '[[:space:]]' AND following !~ '[[:space:]]'
$$;
"""

LISTING = """
CREATE FUNCTION grants_listed_text(reference text, name text, content jsonb) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT left(lower(concat_ws(E'\\n', reference, content ->> 'title', name,
        (SELECT string_agg(told #>> '{}', E'\\n')
           FROM jsonb_path_query(content -> 'answers',
                                 'strict $.** ? (@.type() == "string")') AS told))),
        20000)
$$;

CREATE FUNCTION grants_list_submission(sent bigint, content jsonb) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO grants_listing (application_id, title, requested_amount, applicant_kind, text)
    SELECT a.id, left(coalesce(content ->> 'title', ''), 120),
           CASE WHEN content ->> 'requested_amount' ~ '^[0-9]+([.][0-9]+)?$'
                THEN (content ->> 'requested_amount')::numeric END,
           o.kind, grants_listed_text(a.reference, o.name, content)
      FROM grants_application a JOIN grants_organisation o ON o.id = a.organisation_id
     WHERE a.id = sent
    ON CONFLICT (application_id) DO UPDATE
       SET title = excluded.title, requested_amount = excluded.requested_amount,
           text = excluded.text
$$;

CREATE FUNCTION grants_list_name(changed bigint, before text, after text) RETURNS void
LANGUAGE sql AS $$
    UPDATE grants_listing l SET text = replace(l.text, lower(before), lower(after))
      FROM grants_application a
     WHERE a.organisation_id = changed AND l.application_id = a.id
$$;
"""

NO_LISTING = "DROP FUNCTION grants_list_name, grants_list_submission, grants_listed_text"
NO_BIGRAMS = "DROP FUNCTION grants_bigrams"

# What was sent before the list was kept.
LIST_ALL = """
SELECT grants_list_submission(application_id, content)
  FROM (SELECT DISTINCT ON (application_id) application_id, content
          FROM grants_submission ORDER BY application_id, number DESC) latest
"""

"""The searched words of a knowledge article are kept by the database."""

from django.db import migrations

WORDS = """
CREATE FUNCTION fold_words(p text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT lower(translate(p, 'İIı', 'iii')) $$;

CREATE FUNCTION article_configuration(p_language text) RETURNS regconfig LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE p_language WHEN 'tr' THEN 'pg_catalog.turkish'::regconfig ELSE 'pg_catalog.english'::regconfig END $$;

CREATE FUNCTION article_words(p_language text, p_title text, p_body text) RETURNS tsvector LANGUAGE sql STABLE AS $$
    SELECT setweight(to_tsvector(article_configuration(p_language), fold_words(p_title)), 'A')
        || setweight(to_tsvector('simple', unaccent(fold_words(p_title))), 'B')
        || setweight(to_tsvector(article_configuration(p_language), fold_words(p_body)), 'C')
        || setweight(to_tsvector('simple', unaccent(fold_words(p_body))), 'D')
$$;

CREATE FUNCTION keep_article_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.words := article_words(NEW.language, NEW.title, NEW.body);
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_article_words BEFORE INSERT OR UPDATE OF title, body, language ON handoff_knowledgearticle
FOR EACH ROW EXECUTE FUNCTION keep_article_words();
"""
UNDO = """
DROP TRIGGER keep_article_words ON handoff_knowledgearticle;
DROP FUNCTION keep_article_words();
DROP FUNCTION article_words(text, text, text);
DROP FUNCTION article_configuration(text);
DROP FUNCTION fold_words(text);
"""


class Migration(migrations.Migration):
    """Creates the functions and the trigger that fill KnowledgeArticle.words."""

    dependencies = [("handoff", "0002_automation_never_speaks_over_a_person")]

    operations = [migrations.RunSQL(WORDS, UNDO)]

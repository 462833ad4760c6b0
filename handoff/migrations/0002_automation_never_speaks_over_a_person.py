"""Two triggers: automation never speaks after a person took over."""

from django.db import migrations

SPEAK = """
CREATE FUNCTION refuse_unentitled_automation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The lock makes the check and an engagement take turns: without it both would be let through.
    PERFORM 1 FROM conversations_conversation WHERE id = NEW.conversation_id FOR NO KEY UPDATE;
    IF NOT EXISTS (
        SELECT 1 FROM conversations_turn
        WHERE id = NEW.turn_id AND conversation_id = NEW.conversation_id AND state = 'running'
    ) THEN
        RAISE EXCEPTION 'automation may only speak in a running turn of this conversation'
        USING ERRCODE = '23514', CONSTRAINT = 'message_automation_needs_a_running_turn',
              TABLE = 'conversations_message';
    END IF;
    IF EXISTS (SELECT 1 FROM handoff_handoff WHERE conversation_id = NEW.conversation_id AND state = 'engaged') THEN
        RAISE EXCEPTION 'a person leads this conversation, so automation is silent'
        USING ERRCODE = '23514', CONSTRAINT = 'message_automation_is_silent_while_a_person_leads',
              TABLE = 'conversations_message';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER refuse_unentitled_automation BEFORE INSERT ON conversations_message
FOR EACH ROW WHEN (NEW.author IN ('assistant', 'flow')) EXECUTE FUNCTION refuse_unentitled_automation();
"""

ENGAGE = """
CREATE FUNCTION engage_under_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM conversations_conversation WHERE id = NEW.conversation_id FOR NO KEY UPDATE;
    RETURN NEW;
END
$$;
CREATE TRIGGER engage_under_lock BEFORE INSERT OR UPDATE OF state ON handoff_handoff
FOR EACH ROW WHEN (NEW.state = 'engaged') EXECUTE FUNCTION engage_under_lock();
"""


class Migration(migrations.Migration):
    """Creates the triggers of DESIGN section 4, rule 11."""

    dependencies = [
        ("handoff", "0001_people_assistants_and_handoffs"),
        ("conversations", "0003_functions_that_write_a_thread"),
    ]

    operations = [
        migrations.RunSQL(
            SPEAK,
            "DROP TRIGGER refuse_unentitled_automation ON conversations_message;"
            "DROP FUNCTION refuse_unentitled_automation();",
        ),
        migrations.RunSQL(
            ENGAGE,
            "DROP TRIGGER engage_under_lock ON handoff_handoff; DROP FUNCTION engage_under_lock();",
        ),
    ]

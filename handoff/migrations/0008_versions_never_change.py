"""A trigger: what was published is neither changed nor deleted, so that a run can rely on it."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_change_of_a_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version never changes: publish a new one'
    USING ERRCODE = '23514', CONSTRAINT = 'flow_version_never_changes', TABLE = 'handoff_flowversion';
END
$$;
CREATE TRIGGER refuse_change_of_a_version BEFORE UPDATE OR DELETE ON handoff_flowversion
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_a_version();
"""


class Migration(migrations.Migration):
    """Creates the trigger."""

    dependencies = [("handoff", "0007_flows_and_their_runs")]

    operations = [
        migrations.RunSQL(
            REFUSE,
            "DROP TRIGGER refuse_change_of_a_version ON handoff_flowversion;"
            "DROP FUNCTION refuse_change_of_a_version();",
        )
    ]

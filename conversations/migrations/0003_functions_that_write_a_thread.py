"""The two functions that write to a thread, so that every caller follows one rule."""

from django.db import migrations

APPEND = r"""
CREATE FUNCTION append_entry(
    p_conversation bigint, p_author text, p_audience text, p_body text, p_line text, p_params jsonb,
    p_author_name text, p_teammate bigint, p_turn bigint, p_client_id uuid, p_event text, p_heard boolean
) RETURNS TABLE (id bigint, seq integer, created_at timestamptz, added boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_seq integer;
    v_id bigint;
    v_at timestamptz;
BEGIN
    PERFORM 1 FROM conversations_conversation c WHERE c.id = p_conversation FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no conversation %', p_conversation USING ERRCODE = '23503';
    END IF;
    IF p_client_id IS NOT NULL THEN
        SELECT m.id, m.seq, m.created_at INTO v_id, v_seq, v_at
        FROM conversations_message m
        WHERE m.conversation_id = p_conversation AND m.client_id = p_client_id;
        IF FOUND THEN
            RETURN QUERY SELECT v_id, v_seq, v_at, false;
            RETURN;
        END IF;
    END IF;
    -- Taken after the lock, so that the times of a thread run in the order of its seqs.
    v_at := clock_timestamp();
    IF p_line = '' AND p_audience = 'everyone' AND p_author <> 'system' THEN
        UPDATE conversations_conversation c
        SET last_seq = c.last_seq + 1, last_at = v_at, last_author = p_author,
            last_words = left(regexp_replace(p_body, '\s+', ' ', 'g'), 160)
        WHERE c.id = p_conversation RETURNING c.last_seq INTO v_seq;
    ELSE
        UPDATE conversations_conversation c SET last_seq = c.last_seq + 1
        WHERE c.id = p_conversation RETURNING c.last_seq INTO v_seq;
    END IF;
    INSERT INTO conversations_message (
        conversation_id, seq, author, audience, body, line, params, author_name, teammate_id, turn_id, client_id, created_at
    ) VALUES (
        p_conversation, v_seq, p_author, p_audience, p_body, p_line, p_params, p_author_name, p_teammate, p_turn,
        p_client_id, v_at
    ) RETURNING conversations_message.id INTO v_id;
    IF p_event <> '' THEN
        INSERT INTO conversations_event (
            kind, conversation_id, data, teammate_id, created_at, delivered_at, tries, try_at, trouble
        ) VALUES (
            p_event, p_conversation, jsonb_build_object('message_id', v_id, 'seq', v_seq), p_teammate, v_at,
            CASE WHEN p_heard THEN NULL ELSE v_at END, 0, v_at, ''
        );
    END IF;
    RETURN QUERY SELECT v_id, v_seq, v_at, true;
END
$$
"""

POST = r"""
CREATE FUNCTION post_visitor_message(
    p_visitor uuid, p_chat_page text, p_client_id uuid, p_body text, p_heard boolean
) RETURNS TABLE (
    conversation_id bigint, public_id uuid, id bigint, seq integer, created_at timestamptz, added boolean, started boolean
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_visitor bigint;
    v_page bigint;
    v_language text;
    v_conversation bigint;
    v_public uuid;
    v_started boolean := false;
    v_found boolean;
BEGIN
    SELECT v.id, p.id, coalesce(nullif(left(split_part(v.language, '-', 1), 10), ''), p.locale)
    INTO v_visitor, v_page, v_language
    FROM conversations_visitor v JOIN conversations_chatpage p ON p.id = v.chat_page_id
    WHERE v.public_id = p_visitor AND p.slug = p_chat_page;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    LOOP
        SELECT c.id, c.public_id INTO v_conversation, v_public
        FROM conversations_conversation c
        WHERE c.visitor_id = v_visitor AND c.chat_page_id = v_page AND c.status <> 'resolved'
        FOR NO KEY UPDATE;
        v_found := FOUND;
        -- A retry that arrives after its conversation was resolved is still the same message. Looked for behind
        -- the lock, so that one which races the end is seen too.
        RETURN QUERY
            SELECT c.id, c.public_id, m.id, m.seq, m.created_at, false, false
            FROM conversations_message m JOIN conversations_conversation c ON c.id = m.conversation_id
            WHERE c.visitor_id = v_visitor AND c.status = 'resolved' AND m.client_id = p_client_id;
        IF FOUND THEN
            RETURN;
        END IF;
        EXIT WHEN v_found;
        -- Two tabs may both find none: the unique constraint lets one start it, the other comes round again.
        INSERT INTO conversations_conversation (
            public_id, chat_page_id, visitor_id, status, language, last_seq, last_words, last_author
        ) VALUES (gen_random_uuid(), v_page, v_visitor, 'open', v_language, 0, '', '')
        ON CONFLICT DO NOTHING
        RETURNING conversations_conversation.id INTO v_conversation;
        IF FOUND THEN
            v_started := true;
            INSERT INTO conversations_event (kind, conversation_id, data, delivered_at, tries, trouble)
            VALUES ('conversation.started', v_conversation, '{}', clock_timestamp(), 0, '');
        END IF;
    END LOOP;
    RETURN QUERY
        SELECT v_conversation, v_public, e.id, e.seq, e.created_at, e.added, v_started
        FROM append_entry(
            v_conversation, 'visitor', 'everyone', p_body, '', '{}', '', NULL, NULL, p_client_id,
            'message.received', p_heard
        ) e;
END
$$
"""


class Migration(migrations.Migration):
    """Creates append_entry and post_visitor_message."""

    dependencies = [("conversations", "0002_links_between_the_record")]

    operations = [
        migrations.RunSQL(
            APPEND,
            "DROP FUNCTION append_entry(bigint, text, text, text, text, jsonb, text, bigint, bigint, uuid, text, boolean)",
        ),
        migrations.RunSQL(POST, "DROP FUNCTION post_visitor_message(uuid, text, uuid, text, boolean)"),
    ]

-- What was decided about one person, in plain words, oldest first. `careshare explain` runs it over
-- a published
-- snapshot: the refined models and the audit datasets under their own names, $person bound.
-- grain: happened_at, subject, words
-- why: whoever asks what was shared about them, and why, is answered from the rows that decided it
with

person as (select cast($person as bigint) as person_id),

episodes as (
    select episode.*
    from int_episodes as episode
    inner join person on episode.person_id = person.person_id
),

opened as (
    select
        opened_at as happened_at,
        1 as place,
        'episode of care' as subject,
        replace(kind, '_', ' ') || ' opened (' || replace(source, '_', ' ') || ' ' || source_id
            || ')' as words
    from episodes
),

closed as (
    select
        closed_at as happened_at,
        4 as place,
        'episode of care' as subject,
        replace(kind, '_', ' ') || ' closed (' || replace(source, '_', ' ') || ' ' || source_id
            || ')' as words
    from episodes
    where closed_at is not null
),

asked as (
    select
        request.asked_at as happened_at,
        2 as place,
        'consent' as subject,
        'request ' || request.consent_request_id
        || case request.direction
            when 'in' then ' to see health records'
            when 'out' then ' to share council records'
            else ''
        end
        || coalesce(' (' || string_agg(request.dataset, ', ' order by request.dataset) || ')', '')
        || ', ' || coalesce(replace(request.decision, '_', ' '), 'no clear answer')
        || coalesce(', decided by ' || replace(request.decided_by, '_', ' '), '') as words
    from consent_requests as request
    inner join person on request.person_id = person.person_id
    group by request.consent_request_id, request.asked_at, request.direction, request.decision,
        request.decided_by
),

numbered as (
    select
        settings.as_at_local as happened_at,
        5 as place,
        'NHS number' as subject,
        'standing ' || number.standing || ' (status ' || number.status || '), by '
            || replace(number.method, '_', ' ') || ', ' || replace(number.reason, '_', ' ')
        || coalesce(', evidence ' || number.evidence, '')
        || coalesce(', replaces ' || number.replaced_nhs_number, '') as words
    from int_nhs_numbers as number
    inner join person on number.person_id = person.person_id
    cross join config.settings as settings
),

decided as (
    select
        settings.as_at_local as happened_at,
        6 as place,
        decision.dataset as subject,
        replace(decision.decision, '_', ' ') || ': ' || coalesce(reason.words, decision.reason)
        || coalesce(' (' || replace(decision.evidence, '_', ' ') || ')', '') as words
    from decisions as decision
    inner join person on decision.person_id = person.person_id
    left join config.reasons as reason on decision.reason = reason.reason
    cross join config.settings as settings
),

final as (
    select * from opened
    union all
    select * from closed
    union all
    select * from asked
    union all
    select * from numbered
    union all
    select * from decided
)

select happened_at, subject, words
from final
order by happened_at, place, subject, words

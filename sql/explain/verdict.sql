-- The answer about one person in one paragraph: what is shared, what is not and why, and which
-- refusals stand. `careshare explain` runs it over a published snapshot, $person bound, and joins
-- the sentences.
-- grain: words
-- why: whoever asks about one person gets the answer first and the decisions after it
with decided as (
    select
        decisions.decision,
        replace(decisions.dataset, '_', ' ') as dataset,
        coalesce(reasons.words, replace(decisions.reason, '_', ' ')) as why
    from decisions
    left join config.reasons as reasons on reasons.reason = decisions.reason
    where decisions.person_id = $person
),

counted as (
    select
        count(*) as count_all,
        count(*) filter (where decision = 'shared') as count_shared,
        string_agg(dataset, ', ' order by dataset) filter (where decision = 'shared') as shared
    from decided
),

summed as (
    select
        1 as place,
        'As at ' || strftime(settings.as_at_local, '%-d %B %Y, %H:%M') || ', careshare shares '
        || case
            when counted.count_shared = 0
                then 'none of the ' || counted.count_all || ' datasets about this person.'
            else counted.count_shared || ' of the ' || counted.count_all
                || ' datasets about this person: ' || counted.shared || '.'
        end as words
    from counted
    cross join config.settings as settings
    where counted.count_all > 0
),

stopped as (
    select
        case when decision = 'withheld' then 2 else 3 end as place,
        case when decision = 'withheld' then 'It withholds ' else 'Out of scope: ' end
        || case when count(*) = (select count_all from counted)
            then 'all of them' else string_agg(dataset, ', ' order by dataset) end
        || ', because ' || why || '.' as words
    from decided
    where decision <> 'shared'
    group by decision, why
),

standing as (
    select
        consent_request_id,
        min(decision) as decision,
        min(asked_at) as asked_at,
        sum(count_rows_stopped) as count_rows
    from consent_refusals
    where person_id = $person and is_standing
    group by consent_request_id
),

refused as (
    select
        4 as place,
        case when count(*) = 1 then '1 refusal stands: ' else count(*) || ' refusals stand: ' end
        || string_agg(
            'request ' || consent_request_id || ' (' || decision || ' on '
                || strftime(asked_at, '%-d %B %Y') || ')', ', '
            order by asked_at, consent_request_id
        )
        || case
            when sum(count_rows) = 0 then '. Other gates stop the rows already.'
            when sum(count_rows) = 1 then '. 1 row is kept back for that.'
            else '. ' || cast(sum(count_rows) as bigint) || ' rows are kept back for that.'
        end as words
    from standing
    having count(*) > 0
),

sentences as (
    select place, words from summed
    union all
    select place, words from stopped
    union all
    select place, words from refused
)

select words
from sentences
order by place, words

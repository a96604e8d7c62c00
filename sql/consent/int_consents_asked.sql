-- grain: person_id, dataset
-- reads: config.settings, int_consent_request_datasets, int_consent_requests,
--   int_consents_interrupted, int_people, int_refusals
-- why: the outcome of asking each time, for each person and dataset that was asked about. The
--   latest asking decides, and the first rule that applies; two different answers at the same
--   moment are a conflict. Only granted opens, and nothing opens over a refusal that stands.
with settings as (
    select as_at_local, consent_window_days from config.settings
),

people as (
    select person_id, birth_date, age_years from int_people
),

-- of the refusals that stand, only the person's own can stand before an answer that opens
refusals as (
    select distinct person_id, dataset
    from int_refusals
    where is_standing and gate = 'ask_each_time'
),

asked as (
    select
        datasets.person_id,
        datasets.dataset,
        datasets.consent_request_id,
        datasets.is_clear as is_dataset_clear,
        requests.asked_at,
        requests.decision,
        requests.is_contradicted,
        requests.is_subject_clear,
        requests.is_complete,
        requests.is_able_to_decide,
        requests.is_needs_met,
        requests.age_when_asked,
        requests.decided_by = 'parental_responsibility' as is_by_parent,
        coalesce(requests.capacity = 'lacks_capacity', false) as is_lacking,
        rank() over (partition by datasets.person_id, datasets.dataset
            order by requests.asked_at desc) as place
    from int_consent_request_datasets as datasets
    inner join int_consent_requests as requests
        on requests.consent_request_id = datasets.consent_request_id
            and requests.person_id = datasets.person_id
    where datasets.gate = 'ask_each_time'
),

latest as (
    select
        asked.person_id,
        asked.dataset,
        asked.consent_request_id,
        asked.is_dataset_clear,
        asked.asked_at,
        asked.decision,
        asked.is_subject_clear,
        asked.is_complete,
        asked.is_able_to_decide,
        asked.is_needs_met,
        asked.age_when_asked,
        asked.is_by_parent,
        asked.is_lacking,
        bool_or(asked.is_contradicted) over same_moment
            or min(coalesce(asked.decision, 'unknown')) over same_moment
            <> max(coalesce(asked.decision, 'unknown')) over same_moment as is_contradicted,
        refusals.person_id is not null as is_refused_before,
        interrupted.person_id is not null as is_interrupted,
        people.birth_date,
        people.age_years,
        asked.asked_at + settings.consent_window_days * interval '1' day as expires_at,
        settings.as_at_local
    from asked
    cross join settings
    inner join people on people.person_id = asked.person_id
    left join refusals
        on refusals.person_id = asked.person_id and refusals.dataset = asked.dataset
    left join int_consents_interrupted as interrupted
        on interrupted.person_id = asked.person_id
            and interrupted.consent_request_id = asked.consent_request_id
    where asked.place = 1
    window same_moment as (partition by asked.person_id, asked.dataset)
),

-- the rules are numbered in the order in which they apply
judged as (
    select
        person_id,
        dataset,
        consent_request_id,
        asked_at,
        birth_date,
        is_by_parent,
        is_lacking,
        expires_at,
        case
            when is_contradicted then '02 conflict'
            when decision = 'refused' then '03 refused'
            when decision = 'withdrawn' then '04 withdrawn'
            when decision = 'not_sought' then '05 not_sought'
            when decision = 'not_required' then '06 not_required'
            when not is_subject_clear then '07 subject_unclear'
            when not is_complete or not is_dataset_clear then '08 incomplete'
            when not is_able_to_decide then '09 not_able_to_decide'
            when is_refused_before then '10 child_refused'
            when not is_needs_met then '11 needs_not_met'
            when is_by_parent and not is_lacking and age_when_asked < 16 and age_years >= 16
                then '12 turned_16'
            when is_by_parent and is_lacking and age_years >= 18 then '13 turned_18'
            when as_at_local >= expires_at then '14 expired'
            when is_interrupted then '15 episode_ended'
            else '16 granted'
        end as rule
    from latest
),

-- several requests of the same moment and decision: the strictest of their outcomes
strictest as (
    select
        person_id,
        dataset,
        consent_request_id,
        asked_at,
        birth_date,
        is_by_parent,
        is_lacking,
        expires_at,
        substr(rule, 4) as outcome,
        row_number() over (partition by person_id, dataset order by rule, consent_request_id)
            as place
    from judged
),

final as (
    select
        person_id,
        dataset,
        outcome,
        consent_request_id,
        asked_at,
        case when outcome in ('granted', 'expired') then asked_at end as opened_at,
        case
            when outcome not in ('granted', 'expired') then null
            when is_by_parent and birth_date
                + (case when is_lacking then 18 else 16 end) * interval '1' year < expires_at
            then birth_date + (case when is_lacking then 18 else 16 end) * interval '1' year
            else expires_at
        end as closes_at
    from strictest
    where place = 1
)

select person_id, dataset, outcome, consent_request_id, asked_at, opened_at, closes_at from final

-- grain: consent_request_id, person_id
-- reads: config.settings, int_consent_answers, int_consent_subjects, int_people, stg_workflow_steps
-- why: every asking for consent up to the as-at time, with its answer: asked when and how, decided by whom, and whether
--   they were able to decide by age and capacity at that moment. A request that is not dated by its form was asked
--   when its step was completed, else started; one with no date at all counts as asked last, and cannot open anything.
with settings as (
    select as_at_local from config.settings
),

people as (
    select person_id, birth_date from int_people
),

subjects as (
    select consent_request_id, person_id, is_subject_clear from int_consent_subjects
),

said as (
    select
        subjects.consent_request_id,
        subjects.person_id,
        answers.field,
        answers.word,
        answers.text_answer,
        answers.answered_at
    from subjects
    inner join int_consent_answers as answers on answers.consent_request_id = subjects.consent_request_id
    where answers.subject_person_id is null or answers.subject_person_id = subjects.person_id
),

-- a field with two different answers in one request has none; a decision with two is a conflict
answers as (
    select
        consent_request_id,
        person_id,
        max(case when field = 'consent_asked_at' then answered_at end) as asked_at,
        min(case when field = 'consent_asked_at' then answered_at end) as first_asked_at,
        min(case when field = 'consent_direction' then word end) as first_direction,
        max(case when field = 'consent_direction' then word end) as last_direction,
        min(case when field = 'consent_decision' then word end) as first_decision,
        max(case when field = 'consent_decision' then word end) as last_decision,
        bool_or(field = 'consent_decision' and word in ('refused', 'withdrawn')) as has_refusal,
        bool_or(field = 'consent_decision' and word not in ('given', 'refused', 'withdrawn', 'not sought', 'not required')) as has_unknown_decision,
        min(case when field = 'consent_decided_by' then word end) as first_decided_by,
        max(case when field = 'consent_decided_by' then word end) as last_decided_by,
        min(case when field = 'consent_capacity' then word end) as first_capacity,
        max(case when field = 'consent_capacity' then word end) as last_capacity,
        max(case when field = 'consent_capacity_assessed_on' then answered_at end) as capacity_assessed_at,
        min(case when field = 'consent_needs_met' then word end) as first_needs_met,
        max(case when field = 'consent_needs_met' then word end) as last_needs_met,
        max(case when field = 'consent_reason' then text_answer end) as reason,
        max(case when field = 'consent_asked_by_role' then text_answer end) as asked_by_role,
        max(case when field = 'consent_way_of_asking' then text_answer end) as way_of_asking
    from said
    group by consent_request_id, person_id
),

requests as (
    select
        subjects.consent_request_id,
        subjects.person_id,
        subjects.is_subject_clear,
        steps.step_status,
        steps.assignee_id as asked_by_worker_id,
        steps.responsible_team_id as asked_by_team_id,
        coalesce(answers.asked_at, steps.completed_at, steps.started_at, settings.as_at_local) as asked_at,
        coalesce(answers.asked_at, steps.completed_at, steps.started_at) is not null as is_dated,
        coalesce(answers.first_asked_at <> answers.asked_at, false) as is_dated_twice,
        case
            when answers.first_direction = answers.last_direction and answers.first_direction in ('in', 'out')
            then answers.first_direction
        end as direction,
        case
            when answers.first_decision = answers.last_decision
                and answers.first_decision in ('given', 'refused', 'withdrawn', 'not sought', 'not required')
            then replace(answers.first_decision, ' ', '_')
        end as decision,
        coalesce(answers.first_decision <> answers.last_decision, false) as is_contradicted,
        coalesce(answers.has_refusal, false) as has_refusal,
        coalesce(answers.has_unknown_decision, false) as has_unknown_decision,
        case
            when answers.first_decided_by <> answers.last_decided_by then 'other'
            when answers.first_decided_by in (
                'self', 'gillick competent child', 'parental responsibility', 'attorney', 'deputy', 'best interests'
            ) then replace(answers.first_decided_by, ' ', '_')
            when answers.first_decided_by is not null then 'other'
        end as decided_by,
        -- of two answers, the one that protects: who may lack capacity does not decide alone
        case
            when answers.first_capacity = answers.last_capacity
                and answers.first_capacity in ('has capacity', 'lacks capacity', 'not assessed')
            then replace(answers.first_capacity, ' ', '_')
        end as capacity,
        coalesce(answers.first_capacity <> answers.last_capacity, false) as is_capacity_contradicted,
        cast(answers.capacity_assessed_at as date) as capacity_assessed_on,
        case
            when answers.first_needs_met <> answers.last_needs_met then null
            when answers.first_needs_met = 'yes' then true
            when answers.first_needs_met = 'no' then false
        end as is_needs_met,
        answers.reason,
        answers.asked_by_role,
        answers.way_of_asking
    from subjects
    inner join stg_workflow_steps as steps on steps.workflow_step_id = subjects.consent_request_id
    left join answers
        on answers.consent_request_id = subjects.consent_request_id and answers.person_id = subjects.person_id
    cross join settings
),

aged as (
    select
        requests.consent_request_id,
        requests.person_id,
        requests.is_subject_clear,
        requests.step_status,
        requests.asked_by_worker_id,
        requests.asked_by_team_id,
        requests.asked_at,
        requests.is_dated,
        requests.is_dated_twice,
        requests.direction,
        requests.decision,
        requests.is_contradicted,
        requests.has_refusal,
        requests.has_unknown_decision,
        requests.decided_by,
        requests.capacity,
        requests.is_capacity_contradicted,
        requests.capacity_assessed_on,
        requests.is_needs_met,
        requests.reason,
        requests.asked_by_role,
        requests.way_of_asking,
        age_in_years(people.birth_date, cast(requests.asked_at as date)) as age_when_asked,
        coalesce(requests.capacity = 'lacks_capacity', false) as is_lacking,
        coalesce(requests.capacity = 'lacks_capacity' and requests.capacity_assessed_on <= cast(requests.asked_at as date), false)
            as is_assessed_lacking
    from requests
    inner join people on people.person_id = requests.person_id
    cross join settings
    where requests.asked_at <= settings.as_at_local
),

final as (
    select
        consent_request_id,
        person_id,
        asked_at,
        is_dated,
        direction,
        decision,
        is_contradicted,
        has_refusal,
        has_unknown_decision,
        decided_by,
        capacity,
        capacity_assessed_on,
        is_needs_met,
        reason,
        asked_by_role,
        way_of_asking,
        asked_by_worker_id,
        asked_by_team_id,
        step_status,
        is_subject_clear,
        age_when_asked,
        -- Mental Capacity Act 2005 from 16; Gillick below 16; parental responsibility below 16, or up to 18 without capacity
        coalesce(not is_capacity_contradicted and case decided_by
            when 'self' then age_when_asked >= 16 and not is_lacking
            when 'gillick_competent_child' then age_when_asked < 16
            when 'parental_responsibility' then age_when_asked < 16 or (age_when_asked < 18 and is_lacking)
            when 'attorney' then age_when_asked >= 18 and is_assessed_lacking
            when 'deputy' then age_when_asked >= 16 and is_assessed_lacking
            when 'best_interests' then age_when_asked >= 16 and is_assessed_lacking
        end, false) as is_able_to_decide,
        is_dated
            and not is_dated_twice
            and decision is not null
            and decided_by is not null
            and is_needs_met is not null
            and step_status <> 'CANCELLED' as is_complete
    from aged
)

select
    consent_request_id, person_id, asked_at, is_dated, direction, decision, is_contradicted, has_refusal, has_unknown_decision, decided_by,
    capacity, capacity_assessed_on, is_needs_met, reason, asked_by_role, way_of_asking, asked_by_worker_id, asked_by_team_id,
    step_status, is_subject_clear, age_when_asked, is_able_to_decide, is_complete
from final

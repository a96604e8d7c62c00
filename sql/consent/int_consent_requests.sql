-- grain: consent_request_id, person_id
-- reads: config.settings, int_consent_answers, int_consent_groups, int_consent_subjects,
--   int_people, int_same_people, stg_workflow_steps
-- why: every asking for consent up to the as-at time, with its answer: asked when and how, decided
--   by whom, and whether they were able to decide by age and capacity at that moment. A request is
--   dated by its form, else by the end of its step, else by its start. A possible refusal always
--   counts: dated in the future, absurdly early, or not at all, it counts as asked by the step's
--   own dates, else at the as-at time, and never earlier than its form says. What may be a refusal:
--   refused, withdrawn, a decision in an unknown word, and a finished consent step without a
--   decision.
with settings as (
    select as_at_local from config.settings
),

-- a duplicate whose own row is lost or cannot be read still refuses for the person's other records
people as (
    select person_id, birth_date from int_people
    union all
    select distinct other_person_id, cast(null as date)
    from int_same_people
    where other_person_id not in (select person_id from int_people)
),

subjects as (
    select consent_request_id, person_id, is_subject_clear, is_by_another from int_consent_subjects
),

requests as (
    select distinct consent_request_id, is_consent_step from int_consent_groups
),

said as (
    select
        subjects.consent_request_id,
        subjects.person_id,
        answers.field,
        answers.meaning,
        answers.text_answer,
        answers.answered_at
    from subjects
    inner join int_consent_answers as answers
        on answers.consent_request_id = subjects.consent_request_id
    where subjects.is_by_another
        or answers.subject_person_id is null
        or answers.subject_person_id = subjects.person_id
),

-- a field with two different answers in one request has none; a decision with two is a conflict
answers as (
    select
        consent_request_id,
        person_id,
        max(case when field = 'consent_asked_at' then answered_at end) as form_at,
        min(case when field = 'consent_asked_at' then answered_at end) as first_form_at,
        min(case when field = 'consent_direction' then meaning end) as first_direction,
        max(case when field = 'consent_direction' then meaning end) as last_direction,
        bool_or(field = 'consent_direction' and meaning is null) as has_unknown_direction,
        bool_or(field = 'consent_decision') as has_decision,
        min(case when field = 'consent_decision' then meaning end) as first_decision,
        max(case when field = 'consent_decision' then meaning end) as last_decision,
        bool_or(field = 'consent_decision' and coalesce(meaning in ('refused', 'withdrawn'), false))
            as has_refusal,
        bool_or(field = 'consent_decision' and meaning is null) as has_unknown_decision,
        min(case when field = 'consent_decided_by' then meaning end) as first_decided_by,
        max(case when field = 'consent_decided_by' then meaning end) as last_decided_by,
        bool_or(field = 'consent_decided_by' and meaning is null) as has_unknown_decided_by,
        min(case when field = 'consent_capacity' then meaning end) as first_capacity,
        max(case when field = 'consent_capacity' then meaning end) as last_capacity,
        bool_or(field = 'consent_capacity' and meaning is null) as has_unknown_capacity,
        max(case when field = 'consent_capacity_assessed_on' then answered_at end)
            as capacity_assessed_at,
        min(case when field = 'consent_needs_met' then meaning end) as first_needs_met,
        max(case when field = 'consent_needs_met' then meaning end) as last_needs_met,
        bool_or(field = 'consent_needs_met' and meaning is null) as has_unknown_needs_met,
        max(case when field = 'consent_reason' then text_answer end) as reason,
        max(case when field = 'consent_asked_by_role' then text_answer end) as asked_by_role,
        max(case when field = 'consent_way_of_asking' then text_answer end) as way_of_asking
    from said
    group by consent_request_id, person_id
),

-- what was not yet finished at the as-at time is not dated by its end, and nothing by a year that
-- cannot be true
dated as (
    select
        subjects.consent_request_id,
        subjects.person_id,
        subjects.is_subject_clear,
        subjects.is_by_another,
        requests.is_consent_step,
        steps.step_status,
        steps.assignee_id,
        steps.responsible_team_id,
        settings.as_at_local,
        case
            when coalesce(steps.completed_at, steps.started_at)
                between timestamp '2000-01-01 00:00:00' and settings.as_at_local
                then coalesce(steps.completed_at, steps.started_at)
        end as step_at,
        coalesce(
            cast(answers.form_at as date) < people.birth_date
            or answers.form_at < timestamp '2000-01-01 00:00:00'
            or answers.form_at < coalesce(steps.started_at, steps.completed_at)
                - interval '366' day,
            false
        ) as is_form_too_early,
        coalesce(answers.has_refusal, false) as has_refusal,
        coalesce(answers.has_unknown_decision, false) as has_unknown_decision,
        requests.is_consent_step
            and not coalesce(answers.has_decision, false)
            and coalesce(
                steps.step_status not in ('PROPOSED', 'INCOMING', 'STARTED', 'REOPENED',
                    'CANCELLED', 'DELETED'), true
            ) as is_without_decision,
        people.birth_date,
        coalesce(steps.completed_at, steps.started_at) > settings.as_at_local as is_step_in_future,
        answers.form_at,
        answers.form_at > settings.as_at_local as is_form_in_future,
        coalesce(answers.first_form_at <> answers.form_at, false) as is_dated_twice
    from subjects
    inner join people on people.person_id = subjects.person_id
    inner join requests on requests.consent_request_id = subjects.consent_request_id
    cross join settings
    left join stg_workflow_steps as steps on steps.workflow_step_id = subjects.consent_request_id
    left join answers
        on answers.consent_request_id = subjects.consent_request_id
            and answers.person_id = subjects.person_id
),

-- an early form date of a possible refusal gives way to the step's date, so that no grant in
-- between lifts it
moments as (
    select
        consent_request_id,
        person_id,
        has_refusal or has_unknown_decision or is_without_decision as may_be_refusal,
        is_form_too_early and (has_refusal or has_unknown_decision or is_without_decision)
            as is_by_step
    from dated
),

worded as (
    select
        dated.consent_request_id,
        dated.person_id,
        dated.is_subject_clear,
        dated.is_by_another,
        dated.is_consent_step,
        dated.step_status,
        dated.assignee_id as asked_by_worker_id,
        dated.responsible_team_id as asked_by_team_id,
        case
            when moments.is_by_step then later_of(dated.form_at,
                coalesce(dated.step_at, dated.as_at_local))
            when dated.form_at is not null and not dated.is_form_in_future then dated.form_at
            else coalesce(dated.step_at, dated.as_at_local)
        end as asked_at,
        not moments.is_by_step and coalesce(not dated.is_form_in_future, dated.step_at is not null)
            as is_dated,
        dated.step_at is null
            and coalesce(dated.is_form_in_future, dated.is_step_in_future, false) as is_in_future,
        dated.is_dated_twice,
        coalesce(dated.is_step_in_future, false) as is_step_in_future,
        case
            when answers.first_direction = answers.last_direction
                and not answers.has_unknown_direction
            then answers.first_direction
        end as direction,
        case
            when answers.first_decision = answers.last_decision and not answers.has_unknown_decision
            then answers.first_decision
        end as decision,
        coalesce(answers.first_decision <> answers.last_decision, false) as is_contradicted,
        dated.has_refusal,
        dated.has_unknown_decision,
        moments.may_be_refusal,
        dated.birth_date,
        case
            when answers.has_unknown_decided_by
                or answers.first_decided_by <> answers.last_decided_by then 'other'
            else answers.first_decided_by
        end as decided_by,
        case
            when answers.first_capacity = answers.last_capacity and not answers.has_unknown_capacity
            then answers.first_capacity
        end as capacity,
        coalesce(answers.first_capacity <> answers.last_capacity or answers.has_unknown_capacity,
            false)
            as is_capacity_unclear,
        cast(answers.capacity_assessed_at as date) as capacity_assessed_on,
        case
            when answers.has_unknown_needs_met or answers.first_needs_met <> answers.last_needs_met
                then null
            else answers.first_needs_met = 'yes'
        end as is_needs_met,
        answers.reason,
        answers.asked_by_role,
        answers.way_of_asking
    from dated
    inner join moments
        on moments.consent_request_id = dated.consent_request_id
            and moments.person_id = dated.person_id
    left join answers
        on answers.consent_request_id = dated.consent_request_id
            and answers.person_id = dated.person_id
),

aged as (
    select
        worded.consent_request_id,
        worded.person_id,
        worded.is_subject_clear,
        worded.is_by_another,
        worded.is_consent_step,
        worded.step_status,
        worded.asked_by_worker_id,
        worded.asked_by_team_id,
        worded.asked_at,
        worded.is_dated,
        worded.is_dated_twice,
        worded.is_step_in_future,
        worded.direction,
        worded.decision,
        worded.is_contradicted,
        worded.has_refusal,
        worded.has_unknown_decision,
        worded.may_be_refusal,
        worded.decided_by,
        worded.capacity,
        worded.is_capacity_unclear,
        worded.capacity_assessed_on,
        worded.is_needs_met,
        worded.reason,
        worded.asked_by_role,
        worded.way_of_asking,
        age_in_years(worded.birth_date, cast(worded.asked_at as date)) as age_when_asked,
        coalesce(worded.capacity = 'lacks_capacity', false) as is_lacking,
        coalesce(
            worded.capacity = 'lacks_capacity'
                and worded.capacity_assessed_on <= cast(worded.asked_at as date), false
        ) as is_assessed_lacking
    from worded
    where not worded.is_in_future or worded.may_be_refusal
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
        may_be_refusal,
        decided_by,
        capacity,
        is_capacity_unclear,
        capacity_assessed_on,
        is_needs_met,
        reason,
        asked_by_role,
        way_of_asking,
        asked_by_worker_id,
        asked_by_team_id,
        step_status,
        is_consent_step,
        is_subject_clear,
        is_by_another,
        age_when_asked,
        -- Mental Capacity Act 2005 from 16; Gillick below 16; parental responsibility below 16, or
        -- up to 18 without capacity. Where capacity is written in an unknown word only a parent of
        -- a child below 16 is able
        coalesce(case decided_by
            when 'self' then age_when_asked >= 16 and not is_lacking and not is_capacity_unclear
            when 'gillick_competent_child'
                then age_when_asked < 16 and not is_lacking and not is_capacity_unclear
            when 'parental_responsibility'
                then age_when_asked < 16 or (age_when_asked < 18 and is_lacking)
            when 'attorney' then age_when_asked >= 18 and is_assessed_lacking
            when 'deputy' then age_when_asked >= 16 and is_assessed_lacking
            when 'best_interests' then age_when_asked >= 16 and is_assessed_lacking
        end, false) as is_able_to_decide,
        is_dated
            and not is_dated_twice
            and not is_step_in_future
            and decision is not null
            and decided_by is not null
            and is_needs_met is not null
            and is_consent_step
            and coalesce(step_status = 'COMPLETED', false) as is_complete
    from aged
)

select
    consent_request_id, person_id, asked_at, is_dated, direction, decision, is_contradicted,
    has_refusal, has_unknown_decision, may_be_refusal, decided_by, capacity, is_capacity_unclear,
    capacity_assessed_on, is_needs_met, reason, asked_by_role, way_of_asking, asked_by_worker_id,
    asked_by_team_id, step_status, is_consent_step,
    is_subject_clear, is_by_another, age_when_asked, is_able_to_decide, is_complete
from final

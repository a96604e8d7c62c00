-- grain: collection_year, period_of_care_id
-- reads: config.annex_a_professionals, int_annex_a_people, int_annex_a_windows, int_return_answers,
--   int_return_steps, int_ssda903_ceased_reasons, int_ssda903_locations, int_ssda903_needs,
--   int_ssda903_placement_posts, int_ssda903_spans, int_ssda903_unaccompanied, int_ssda903_urns,
--   stg_adoption_plans, stg_health_assessments, stg_periods_of_care, stg_prof_relationships,
--   stg_visits
-- publishes to: returns/annex_a_list_8
-- why: children looked after on the day or until some day of the six months to it, from the
--   episodes of the return of looked-after children; a series of short breaks (V1, V3, V4) is left
--   out. Of permanence plans only the decision that a child be adopted is known. Reviews and visits
--   are those of this period of care, placements those of the child in twelve months, absences
--   those that went on in them and began in care. The reviewing officer's last visit is the last
--   one made by a worker who stood as that to the child. Return interviews are those of the form of
--   the last missing episode.
with spans as (
    select
        windows.collection_year, windows.as_at, windows.six_months_from, windows.twelve_months_from,
        spans.person_id, spans.period_of_care_id,
        spans.span, spans.stay, spans.started_on,
        case when spans.ended_on <= windows.as_at then spans.ended_on end as ended_on,
        spans.legal_status, spans.legal_status_id, spans.placement_type, spans.stay_started_on,
        row_number() over (partition by windows.collection_year, spans.period_of_care_id
            order by spans.span desc) as rank
    from int_ssda903_spans as spans
    inner join int_annex_a_windows as windows on spans.started_on <= windows.as_at
),

care as (
    select
        collection_year, person_id, period_of_care_id, min(started_on) as started_on,
        max(coalesce(ended_on, as_at)) as told_until
    from spans
    group by collection_year, person_id, period_of_care_id
),

placements as (
    select stays.collection_year, stays.person_id, count(*) as count_placements
    from (
        select distinct collection_year, person_id, period_of_care_id, stay
        from spans
        where coalesce(ended_on, as_at) >= twelve_months_from
            and coalesce(legal_status, '') not in ('V1', 'V3', 'V4')
    ) as stays
    group by stays.collection_year, stays.person_id
),

current_statuses as (
    select spans.collection_year, spans.period_of_care_id,
        min(spans.started_on) as legal_status_from
    from spans
    inner join spans as newest
        on newest.collection_year = spans.collection_year
            and newest.period_of_care_id = spans.period_of_care_id and newest.rank = 1
        and newest.legal_status_id = spans.legal_status_id
    group by spans.collection_year, spans.period_of_care_id
),

earlier_periods as (
    select distinct windows.collection_year, this.period_of_care_id
    from stg_periods_of_care as this
    inner join stg_periods_of_care as earlier
        on earlier.person_id = this.person_id and earlier.ended_at <= this.started_at
        and earlier.period_of_care_id <> this.period_of_care_id
    inner join int_annex_a_windows as windows
        on cast(earlier.ended_at as date) between windows.twelve_months_from and windows.as_at
),

reviewed as (
    select care.collection_year, care.period_of_care_id,
        max(cast(steps.reviewed_at as date)) as last_reviewed_on
    from int_return_steps as steps
    inner join care on care.person_id = steps.person_id
        and cast(steps.reviewed_at as date) between care.started_on and care.told_until
    where steps.step_status <> 'CANCELLED'
    group by care.collection_year, care.period_of_care_id
),

absences as (
    select distinct windows.collection_year, steps.person_id, steps.workflow_step_id,
        steps.started_at
    from int_return_steps as steps
    inner join int_annex_a_windows as windows
        on cast(steps.started_at as date) <= windows.as_at
        and (steps.completed_at is null
            or cast(steps.completed_at as date) >= windows.twelve_months_from)
    inner join care
        on care.collection_year = windows.collection_year and care.person_id = steps.person_id
        and cast(steps.started_at as date) between care.started_on and care.told_until
    where steps.is_missing_or_absent and steps.step_status <> 'CANCELLED'
),

missing as (
    select
        absences.collection_year, absences.person_id,
        count(case when upper(answers.text_answer) = 'MISSING' then 1 end) as count_missing,
        count(case when upper(answers.text_answer) = 'AWAY' then 1 end) as count_absent
    from absences
    left join int_return_answers as answers
        on answers.workflow_step_id = absences.workflow_step_id
            and answers.person_id = absences.person_id and answers.field = 'return_missing_type'
    group by absences.collection_year, absences.person_id
),

interviewed as (
    select
        absences.collection_year, absences.person_id,
        max_by(coalesce(offered.text_answer, ''), (absences.started_at, absences.workflow_step_id))
            as was_offered,
        max_by(coalesce(accepted.text_answer, ''), (absences.started_at, absences.workflow_step_id))
            as was_accepted
    from absences
    inner join int_return_answers as kinds
        on kinds.workflow_step_id = absences.workflow_step_id
            and kinds.person_id = absences.person_id
        and kinds.field = 'return_missing_type' and upper(kinds.text_answer) = 'MISSING'
    left join int_return_answers as offered
        on offered.workflow_step_id = absences.workflow_step_id
            and offered.person_id = absences.person_id
        and offered.field = 'return_interview_offered'
    left join int_return_answers as accepted
        on accepted.workflow_step_id = absences.workflow_step_id
            and accepted.person_id = absences.person_id
        and accepted.field = 'return_interview_accepted'
    group by absences.collection_year, absences.person_id
),

visited as (
    select care.collection_year, care.period_of_care_id,
        max(cast(visits.made_at as date)) as last_visited_on
    from stg_visits as visits
    inner join care on care.person_id = visits.person_id
        and cast(visits.made_at as date) between care.started_on and care.told_until
    where visits.is_completed
    group by care.collection_year, care.period_of_care_id
),

seen_by_officer as (
    select care.collection_year, care.period_of_care_id,
        max(cast(visits.made_at as date)) as last_seen_on
    from stg_visits as visits
    inner join care on care.person_id = visits.person_id
        and cast(visits.made_at as date) between care.started_on and care.told_until
    inner join stg_prof_relationships as officers
        on officers.person_id = visits.person_id and officers.worker_id = visits.worker_id
        and officers.started_at <= visits.made_at
            and (officers.ended_at is null or officers.ended_at >= visits.made_at)
    inner join config.annex_a_professionals as kinds
        on kinds.role = 'reviewing_officer'
        and kinds.prof_rel_type_code = officers.prof_rel_type_code
    where visits.is_completed
    group by care.collection_year, care.period_of_care_id
),

to_be_adopted as (
    select distinct windows.collection_year, plans.person_id
    from stg_adoption_plans as plans
    inner join int_annex_a_windows as windows
        on plans.decided_on <= windows.as_at
        and (plans.ceased_on is null or plans.ceased_on > windows.as_at)
),

health as (
    select windows.collection_year, assessments.person_id,
        max(assessments.assessed_on) as last_health_assessment_on
    from stg_health_assessments as assessments
    inner join int_annex_a_windows as windows on assessments.assessed_on <= windows.as_at
    group by windows.collection_year, assessments.person_id
),

teeth as (
    select windows.collection_year, answers.person_id,
        max(cast(answers.started_at as date)) as last_dental_check_on
    from int_return_answers as answers
    inner join int_annex_a_windows as windows on cast(answers.started_at as date) <= windows.as_at
    where answers.field = 'return_teeth_check' and lower(answers.text_answer) in ('yes', 'y', '1')
    group by windows.collection_year, answers.person_id
)

select
    spans.collection_year, spans.person_id, spans.period_of_care_id, people.child_id, people.gender,
    people.ethnicity, people.birth_date, people.age_years,
    case when unaccompanied.started_on <= spans.as_at
        and coalesce(unaccompanied.until_on, spans.as_at) >= spans.twelve_months_from
        then 'Y' else 'N' end as is_unaccompanied,
    people.has_disability, care.started_on, needs.cin as category_of_need,
    case when earlier_periods.period_of_care_id is not null then 'Y' else 'N' end
        as is_further_period,
    current_statuses.legal_status_from, spans.legal_status, reviewed.last_reviewed_on,
    visited.last_visited_on,
    case when to_be_adopted.person_id is not null then 'Adoption' end as permanence_plan,
        seen_by_officer.last_seen_on as last_seen_by_iro_on,
    health.last_health_assessment_on, teeth.last_dental_check_on,
    coalesce(placements.count_placements, 0) as count_placements,
    spans.ended_on, case when spans.ended_on is not null then ceased.rec end as reason_ceased,
    spans.stay_started_on as placed_on, spans.placement_type,
    urns.place_provider as placement_provider, posts.pl_post as placement_postcode, urns.urn,
    locations.placement_location, locations.placement_authority,
    coalesce(missing.count_missing, 0) as count_missing,
    coalesce(missing.count_absent, 0) as count_absent,
    case
        when lower(interviewed.was_offered) in ('yes', 'y', '1') then 'Y'
        when lower(interviewed.was_offered) in ('no', 'n', '0') then 'N'
        else nullif(interviewed.was_offered, '')
    end as was_interview_offered,
    case
        when lower(interviewed.was_accepted) in ('yes', 'y', '1') then 'Y'
        when lower(interviewed.was_accepted) in ('no', 'n', '0') then 'N'
        else nullif(interviewed.was_accepted, '')
    end as was_interview_accepted,
    people.team_name, people.worker_name,
    row_number() over (partition by spans.collection_year
        order by spans.person_id, care.started_on, spans.period_of_care_id) as row_position
from spans
inner join int_annex_a_people as people
    on people.collection_year = spans.collection_year and people.person_id = spans.person_id
inner join care on care.collection_year = spans.collection_year
    and care.period_of_care_id = spans.period_of_care_id
left join placements on placements.collection_year = spans.collection_year
    and placements.person_id = spans.person_id
inner join current_statuses
    on current_statuses.collection_year = spans.collection_year
    and current_statuses.period_of_care_id = spans.period_of_care_id
left join int_ssda903_needs as needs
    on needs.period_of_care_id = spans.period_of_care_id and needs.span = spans.span
left join int_ssda903_ceased_reasons as ceased
    on ceased.period_of_care_id = spans.period_of_care_id and ceased.span = spans.span
left join int_ssda903_urns as urns
    on urns.period_of_care_id = spans.period_of_care_id and urns.span = spans.span
left join int_ssda903_placement_posts as posts
    on posts.period_of_care_id = spans.period_of_care_id and posts.stay = spans.stay
left join int_ssda903_locations as locations
    on locations.period_of_care_id = spans.period_of_care_id and locations.stay = spans.stay
left join int_ssda903_unaccompanied as unaccompanied on unaccompanied.person_id = spans.person_id
left join earlier_periods
    on earlier_periods.collection_year = spans.collection_year
    and earlier_periods.period_of_care_id = spans.period_of_care_id
left join reviewed on reviewed.collection_year = spans.collection_year
    and reviewed.period_of_care_id = spans.period_of_care_id
left join missing on missing.collection_year = spans.collection_year
    and missing.person_id = spans.person_id
left join interviewed on interviewed.collection_year = spans.collection_year
    and interviewed.person_id = spans.person_id
left join visited on visited.collection_year = spans.collection_year
    and visited.period_of_care_id = spans.period_of_care_id
left join seen_by_officer
    on seen_by_officer.collection_year = spans.collection_year
        and seen_by_officer.period_of_care_id = spans.period_of_care_id
left join to_be_adopted on to_be_adopted.collection_year = spans.collection_year
    and to_be_adopted.person_id = spans.person_id
left join health on health.collection_year = spans.collection_year
    and health.person_id = spans.person_id
left join teeth on teeth.collection_year = spans.collection_year
    and teeth.person_id = spans.person_id
where spans.rank = 1 and coalesce(spans.legal_status, '') not in ('V1', 'V3', 'V4')
    and (spans.ended_on is null or spans.ended_on >= spans.six_months_from)

-- grain: collection_year, referral_id
-- reads: int_annex_a_people, int_annex_a_windows, int_cin_activities, int_cin_referrals,
--   stg_legal_statuses, stg_visits
-- publishes to: returns/annex_a_list_6
-- why: cases of need that were open on the day or in the six months to it, the cases of the census,
--   by the highest of what was open on the day: looked after (short breaks are not), protection
--   plan, child in need plan, assessment
with cases as (
    select
        windows.collection_year, windows.as_at, referrals.person_id, referrals.referral_id,
        referrals.referred_on as started_on,
        referrals.need_code, case
            when referrals.closed_on <= windows.as_at then referrals.closed_on end as closed_on,
        case when referrals.closed_on is null or referrals.closed_on <= windows.as_at
            then referrals.closure_reason end as closure_reason
    from int_cin_referrals as referrals
    inner join int_annex_a_windows as windows
        on referrals.referred_on <= windows.as_at
            and (referrals.closed_on is null or referrals.closed_on >= windows.six_months_from)
    where referrals.no_further_action_on is null
),

under_way as (
    select
        windows.collection_year, activities.referral_id,
        bool_or(activities.kind = 'protection_plan') as has_protection_plan,
        bool_or(activities.kind = 'need_plan') as has_need_plan,
        bool_or(activities.kind = 'assessment') as has_assessment
    from int_cin_activities as activities
    inner join int_annex_a_windows as windows
        on activities.started_on <= windows.as_at
            and (activities.ended_on is null or activities.ended_on > windows.as_at)
    group by windows.collection_year, activities.referral_id
),

in_care as (
    select distinct windows.collection_year, care.person_id
    from stg_legal_statuses as care
    inner join int_annex_a_windows as windows
        on cast(care.started_at as date) <= windows.as_at
            and (care.ended_at is null or cast(care.ended_at as date) > windows.as_at)
    where coalesce(care.legal_status, '') not in ('V1', 'V3', 'V4')
),

seen as (
    select windows.collection_year, visits.person_id,
        max(cast(visits.made_at as date)) as last_seen_on
    from stg_visits as visits
    inner join int_annex_a_windows as windows on cast(visits.made_at as date) <= windows.as_at
    where visits.is_completed
    group by windows.collection_year, visits.person_id
)

select
    cases.collection_year, cases.person_id, cases.referral_id, people.child_id, people.gender,
    people.ethnicity, people.birth_date, people.age_years, people.has_disability,
    cases.started_on, cases.need_code, seen.last_seen_on, cases.closed_on, cases.closure_reason,
    case
        when cases.closed_on is not null then 'Closed episode'
        when in_care.person_id is not null then 'Looked after child'
        when under_way.has_protection_plan then 'Child protection plan'
        when under_way.has_need_plan then 'Child in need plan'
        when under_way.has_assessment then 'Open assessment'
        else 'Open, no plan or assessment'
    end as case_status,
    people.team_name, people.worker_name,
    row_number() over (partition by cases.collection_year
        order by cases.person_id, cases.started_on, cases.referral_id) as row_position
from cases
inner join int_annex_a_people as people
    on people.collection_year = cases.collection_year and people.person_id = cases.person_id
left join under_way on under_way.collection_year = cases.collection_year
    and under_way.referral_id = cases.referral_id
left join in_care on in_care.collection_year = cases.collection_year
    and in_care.person_id = cases.person_id
left join seen on seen.collection_year = cases.collection_year and seen.person_id = cases.person_id

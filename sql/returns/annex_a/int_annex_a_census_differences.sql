-- grain: collection_year, list, source_key, person_id
-- reads: annex_a_list_3, annex_a_list_4, annex_a_list_5, annex_a_list_6, annex_a_list_7,
--   cin_assessments, cin_details, cin_protection_plans, cin_section_47, config.return_periods,
--   int_annex_a_windows
-- why: what the inspectors' lists and the census of children in need both tell as at one day is the
--   same: the open cases, assessments and protection plans with their dates, and the referrals and
--   enquiries of the days that both cover. Work with a child outside every referral stands in a
--   list and in no census, and so here.
with windows as (
    select windows.collection_year, census.year as census_year,
        greatest(windows.six_months_from, census.starts_on) as both_from
    from int_annex_a_windows as windows
    inner join config.return_periods as census
        on census.return_name = 'cin' and census.as_at = windows.as_at
),

listed as (
    select collection_year, 6 as list, referral_id as source_key, started_on as told_on, person_id
    from annex_a_list_6 where closed_on is null
    union all
    select collection_year, 4, workflow_step_id, started_on, person_id from annex_a_list_4
    where authorised_on is null
    union all
    select collection_year, 7, registration_id, started_on, person_id from annex_a_list_7
    where ended_on is null
    union all
    select lists.collection_year, 3, lists.referral_id, lists.referred_on, lists.person_id
    from annex_a_list_3 as lists
    inner join windows on windows.collection_year = lists.collection_year
        and lists.referred_on >= windows.both_from
    union all
    select lists.collection_year, 5, lists.workflow_step_id, lists.conference_on, lists.person_id
    from annex_a_list_5 as lists
    inner join windows on windows.collection_year = lists.collection_year
        and lists.conference_on >= windows.both_from
),

returned as (
    select windows.collection_year, 6 as list, details.referral_id as source_key,
        details.referred_on as told_on, details.person_id
    from cin_details as details
    inner join windows on windows.census_year = details.collection_year
    where details.closed_on is null and not details.is_no_further_action
    union all
    select windows.collection_year, 4, assessments.workflow_step_id, assessments.started_on,
        assessments.person_id
    from cin_assessments as assessments
    inner join windows on windows.census_year = assessments.collection_year
    where assessments.authorised_on is null
    union all
    select windows.collection_year, 7, plans.registration_id, plans.started_on, plans.person_id
    from cin_protection_plans as plans
    inner join windows on windows.census_year = plans.collection_year
    where plans.ended_on is null
    union all
    select windows.collection_year, 3, details.referral_id, details.referred_on, details.person_id
    from cin_details as details
    inner join windows on windows.census_year = details.collection_year
        and details.referred_on >= windows.both_from
    union all
    select windows.collection_year, 5, enquiries.workflow_step_id, enquiries.conference_on,
        enquiries.person_id
    from cin_section_47 as enquiries
    inner join windows on windows.census_year = enquiries.collection_year
        and enquiries.conference_on >= windows.both_from
        and enquiries.started_on >= windows.both_from
)

-- what both tell, but otherwise, comes from either side and is one difference
select distinct
    coalesce(listed.collection_year, returned.collection_year) as collection_year,
    coalesce(listed.list, returned.list) as list,
    coalesce(listed.source_key, returned.source_key) as source_key,
    coalesce(listed.person_id, returned.person_id) as person_id
from listed
full join returned
    on returned.collection_year = listed.collection_year and returned.list = listed.list
        and returned.source_key = listed.source_key
    and returned.told_on = listed.told_on
where (listed.source_key is null or returned.source_key is null)
    and coalesce(listed.collection_year, returned.collection_year)
        in (select collection_year from windows)

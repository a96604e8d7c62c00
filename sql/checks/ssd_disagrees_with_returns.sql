-- severity: warn
-- grain: return_name, collection_year, dataset, source_key
-- reads: cin_assessments, cin_details, cin_protection_plans, cin_section_47, config.return_periods,
--   ssd_cin_assessments, ssd_cin_episodes, ssd_cla_episodes, ssd_cp_plans, ssd_s47_enquiry,
--   ssda903_episodes
-- why: Of each year of a return the Standard Safeguarding Dataset has the rows that the return has:
--   the episodes of the 903, the cases, assessments, enquiries and protection plans of the census.
--   A row that only one of them has is a difference.
with periods as (
    select return_name, year as collection_year, starts_on, as_at from config.return_periods
    where return_name in ('903', 'cin')
),

cases as (
    select distinct collection_year, referral_id from cin_details
),

held as (
    select periods.return_name, periods.collection_year, 'ssd_cla_episodes' as dataset,
        episodes.clae_cla_episode_id as source_key
    from ssd_cla_episodes as episodes
    inner join periods
        on periods.return_name = '903' and episodes.clae_cla_episode_start_date <= periods.as_at
        and (episodes.clae_cla_episode_ceased_date is null
            or episodes.clae_cla_episode_ceased_date >= periods.starts_on)
    union all
    select periods.return_name, periods.collection_year, 'ssd_cin_episodes',
        cast(episodes.cine_referral_id as varchar)
    from ssd_cin_episodes as episodes
    inner join periods
        on periods.return_name = 'cin' and episodes.cine_referral_date <= periods.as_at
        and (episodes.cine_referral_date >= periods.starts_on
            or episodes.cine_referral_nfa = 'N'
                and (episodes.cine_close_date is null
                or episodes.cine_close_date >= periods.starts_on))
    union all
    select periods.return_name, periods.collection_year, 'ssd_cin_assessments',
        cast(assessments.cina_assessment_id as varchar) || '-'
        || cast(assessments.cina_person_id as varchar)
    from ssd_cin_assessments as assessments
    inner join periods
        on periods.return_name = 'cin' and assessments.cina_assessment_start_date <= periods.as_at
        and (assessments.cina_assessment_auth_date is null
            or assessments.cina_assessment_auth_date >= periods.starts_on)
    inner join cases on cases.collection_year = periods.collection_year
        and cases.referral_id = assessments.cina_referral_id
    union all
    select periods.return_name, periods.collection_year, 'ssd_cp_plans',
        cast(plans.cppl_cp_plan_id as varchar) || '-' || cast(plans.cppl_person_id as varchar)
    from ssd_cp_plans as plans
    inner join periods
        on periods.return_name = 'cin' and plans.cppl_cp_plan_start_date <= periods.as_at
        and (plans.cppl_cp_plan_end_date is null
            or plans.cppl_cp_plan_end_date >= periods.starts_on)
    inner join cases on cases.collection_year = periods.collection_year
        and cases.referral_id = plans.cppl_referral_id
),

returned as (
    select '903' as return_name, collection_year, 'ssd_cla_episodes' as dataset,
        cast(period_of_care_id as varchar) || '-' || cast(span as varchar) as source_key
    from ssda903_episodes
    union all
    select 'cin', collection_year, 'ssd_cin_episodes', cast(referral_id as varchar) from cin_details
    union all
    select 'cin', collection_year, 'ssd_cin_assessments',
        cast(workflow_step_id as varchar) || '-' || cast(person_id as varchar) from cin_assessments
    union all
    select 'cin', collection_year, 'ssd_cp_plans',
        cast(registration_id as varchar) || '-' || cast(person_id as varchar)
        from cin_protection_plans
),

-- an enquiry is in the census of its conference, which the dataset does not hold: none of the
-- census may be absent from it
enquiries as (
    select 'cin' as return_name, counted.collection_year, 'ssd_s47_enquiry' as dataset,
        cast(counted.workflow_step_id as varchar) || '-'
            || cast(counted.person_id as varchar) as source_key
    from cin_section_47 as counted
    left join ssd_s47_enquiry as enquiries
        on enquiries.s47e_s47_enquiry_id = counted.workflow_step_id
            and enquiries.s47e_person_id = counted.person_id
        and enquiries.s47e_s47_start_date = counted.started_on
    where enquiries.s47e_s47_enquiry_id is null
)

select
    coalesce(held.return_name, returned.return_name) as return_name,
    coalesce(held.collection_year, returned.collection_year) as collection_year,
    coalesce(held.dataset, returned.dataset) as dataset,
    coalesce(held.source_key, returned.source_key) as source_key
from held
full join returned
    on returned.return_name = held.return_name and returned.collection_year = held.collection_year
        and returned.dataset = held.dataset
    and returned.source_key = held.source_key
where held.source_key is null or returned.source_key is null
union all
select return_name, collection_year, dataset, source_key from enquiries

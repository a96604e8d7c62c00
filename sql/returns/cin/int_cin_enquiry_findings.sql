-- grain: collection_year, rule_code, person_id, source_table, source_key, field
-- reads: cin_assessments, cin_details, cin_protection_plans, cin_section_47, config.return_periods,
--   int_working_days
-- why: what the census's rules find in section 47 enquiries and initial child protection
--   conferences
with periods as (
    select periods.year as collection_year, periods.starts_on, periods.ends_on,
        days.day as latest_start_on
    from config.return_periods as periods
    inner join int_working_days as ends on ends.day = periods.ends_on
    inner join int_working_days as days on days.up_to = ends.up_to - 14 and days.is_working
    where periods.return_name = 'cin'
),

assessed as (
    select distinct collection_year, person_id, referral_id from cin_assessments
),

enquiries as (
    select
        enquiries.collection_year, enquiries.person_id, enquiries.referral_id,
        enquiries.workflow_step_id, enquiries.started_on, enquiries.conference_due_on,
        enquiries.conference_on, enquiries.is_conference_not_required, details.referred_on,
        details.closed_on, details.initial_conference_on, periods.starts_on, periods.ends_on,
        periods.latest_start_on, assessed.referral_id is not null as is_assessed,
        enquiries.conference_on is null and not enquiries.is_conference_not_required as is_open,
        count(case when enquiries.conference_on is null and not enquiries.is_conference_not_required
            then 1 end)
            over (partition by enquiries.collection_year, enquiries.referral_id,
                enquiries.person_id) as count_open
    from cin_section_47 as enquiries
    inner join cin_details as details
        on details.collection_year = enquiries.collection_year
        and details.referral_id = enquiries.referral_id
    inner join periods on periods.collection_year = enquiries.collection_year
    left join assessed
        on assessed.collection_year = enquiries.collection_year
            and assessed.person_id = enquiries.person_id
            and assessed.referral_id = enquiries.referral_id
),

found as (
    select collection_year, person_id, referral_id, workflow_step_id, '1104' as rule_code,
        'DateOfInitialCPC' as field
    from enquiries
    where conference_on < referred_on
    union all
    select distinct enquiries.collection_year, enquiries.person_id, enquiries.referral_id,
        enquiries.workflow_step_id, '2884', 'DateOfInitialCPC'
    from enquiries
    inner join cin_details as details
        on details.collection_year = enquiries.collection_year
            and details.person_id = enquiries.person_id
        and details.initial_conference_on = enquiries.conference_on
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '2889', 'S47ActualStartDate'
    from enquiries where started_on < referred_on
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '2991Q', 'S47ActualStartDate'
    from enquiries where not is_assessed
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8615', 'S47ActualStartDate'
    from enquiries where started_on > conference_on
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8675Q', 'DateOfInitialCPC'
    from enquiries where is_open and started_on < latest_start_on
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8715', 'DateOfInitialCPC'
    from enquiries where conference_on not between starts_on and ends_on
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8740', 'S47ActualStartDate'
    from enquiries where is_open and started_on < starts_on
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8839', 'DateOfInitialCPC'
    from enquiries where is_open and count_open > 1
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8868', 'ICPCnotRequired'
    from enquiries where closed_on is not null and is_open
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8870Q', 'InitialCPCtarget'
    from enquiries where isodow(conference_due_on) > 5
    union all
    select collection_year, person_id, referral_id, workflow_step_id, '8875', 'DateOfInitialCPC'
    from enquiries where isodow(conference_on) > 5
    union all
    select distinct one.collection_year, one.person_id, one.referral_id, one.workflow_step_id,
        '8890', 'S47ActualStartDate'
    from enquiries as one
    inner join enquiries as other
        on other.collection_year = one.collection_year and other.referral_id = one.referral_id
            and other.person_id = one.person_id
        and other.workflow_step_id <> one.workflow_step_id and one.started_on >= other.started_on
        and (one.started_on <= other.conference_on or other.is_open
            and one.started_on <= other.ends_on)
),

counted as (
    select
        periods.collection_year,
        (select count(*) from cin_protection_plans as plans
            where plans.collection_year = periods.collection_year
                and plans.started_on between periods.starts_on and periods.ends_on) as count_plans,
        (select count(*) from cin_section_47 as enquiries
            where enquiries.collection_year = periods.collection_year
                and enquiries.conference_on is not null)
        + (select count(*) from cin_details as details
            where details.collection_year = periods.collection_year
                and details.initial_conference_on is not null) as count_conferences
    from periods
)

select
    'cin' as return_name, collection_year, rule_code, person_id,
    cast(referral_id as varchar) as event_reference,
    'dm_workflow_steps' as source_table, cast(workflow_step_id as varchar) as source_key, field,
    cast(1 as bigint) as rows_affected
from found
union all
select
    'cin', collection_year, '2883', cast(null as bigint), cast(null as varchar), 'dm_registrations',
    cast(null as varchar), 'CPPstartDate',
    count_plans - count_conferences
from counted
where count_plans > count_conferences

-- grain: kind, source_id, person_id
-- reads: config.settings, int_cin_referrals, int_cin_steps, stg_registrations
-- why: whatever was done in a child's case, with the referral that it belongs to: the last one made
--   by the day on which it began and not yet closed then; failing that the one that was made while
--   it went on, so that an assessment begun a day before its referral is found as that mistake and
--   not lost; failing that none.
with settings as (
    select as_at_local from config.settings
),

activities as (
    select
        kind, 'dm_workflow_steps' as source_table, workflow_step_id as source_id, person_id,
        started_on, ended_on, conference_on, is_of_enquiry
    from int_cin_steps
    where kind <> 'review_conference'
    union all
    select
        'protection_plan' as kind, 'dm_registrations' as source_table,
        registrations.registration_id as source_id, registrations.person_id,
        cast(registrations.registered_at as date) as started_on,
        case when registrations.deregistered_at <= settings.as_at_local
            then cast(registrations.deregistered_at as date) end as ended_on,
        cast(null as date) as conference_on, false as is_of_enquiry
    from stg_registrations as registrations
    cross join settings
    where registrations.is_child_protection_plan
        and registrations.registered_at <= settings.as_at_local
),

candidates as (
    select
        activities.kind,
        activities.source_id,
        activities.person_id,
        referrals.referral_id,
        row_number() over (
            partition by activities.kind, activities.source_id, activities.person_id
            order by
                case when referrals.referred_on <= activities.started_on then 0 else 1 end,
                case when referrals.referred_on <= activities.started_on
                    then activities.started_on - referrals.referred_on
                    else referrals.referred_on - activities.started_on end,
                referrals.referral_id
        ) as rank
    from activities
    inner join int_cin_referrals as referrals
        on referrals.person_id = activities.person_id
        and (activities.started_on between referrals.referred_on and coalesce(referrals.closed_on,
            referrals.no_further_action_on, date '9999-12-31')
            or activities.started_on < referrals.referred_on
            and referrals.referred_on <= earlier_of(activities.ended_on,
                cast(activities.started_on + interval '45' day as date)))
)

select
    activities.kind,
    activities.source_table,
    activities.source_id,
    activities.person_id,
    activities.started_on,
    activities.ended_on,
    activities.conference_on,
    activities.is_of_enquiry,
    candidates.referral_id
from activities
left join candidates
    on candidates.kind = activities.kind and candidates.source_id = activities.source_id
        and candidates.person_id = activities.person_id
    and candidates.rank = 1

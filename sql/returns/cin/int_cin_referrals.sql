-- grain: referral_id
-- reads: config.settings, int_people, stg_cin_referrals, stg_service_user_group_types,
--   stg_service_user_groups
-- why: each referral of a child in days, with the primary need: that of the child's group in the
--   time of the referral, the first one if there are several. What lies after the run's moment has
--   not happened.
with settings as (
    select as_at_local from config.settings
),

referrals as (
    select
        referrals.referral_id,
        referrals.person_id,
        cast(referrals.referred_at as date) as referred_on,
        case when referrals.no_further_action_at <= settings.as_at_local
            then cast(referrals.no_further_action_at as date) end as no_further_action_on,
        case when referrals.closed_at <= settings.as_at_local
            then cast(referrals.closed_at as date) end as closed_on,
        referrals.source_of_referral,
        case when referrals.closed_at is null or referrals.closed_at <= settings.as_at_local
            then referrals.closure_reason end as closure_reason
    from stg_cin_referrals as referrals
    cross join settings
    inner join int_people as people on people.person_id = referrals.person_id
    where referrals.referred_at <= settings.as_at_local
),

needs as (
    select
        referrals.referral_id,
        types.need_code,
        row_number() over (partition by referrals.referral_id
            order by groups.started_at, types.need_code) as rank
    from referrals
    inner join stg_service_user_groups as groups
        on groups.person_id = referrals.person_id
        and cast(groups.started_at as date) >= referrals.referred_on
        and (referrals.closed_on is null or cast(groups.started_at as date) <= referrals.closed_on)
    inner join stg_service_user_group_types as types on types.group_type = groups.group_type
    where types.need_code is not null
)

select
    referrals.referral_id,
    referrals.person_id,
    referrals.referred_on,
    referrals.no_further_action_on,
    referrals.closed_on,
    referrals.source_of_referral,
    referrals.closure_reason,
    needs.need_code
from referrals
left join needs on needs.referral_id = referrals.referral_id and needs.rank = 1

-- grain: cine_referral_id
-- reads: config.settings, int_cin_referrals
-- publishes to: returns/ssd_cin_episodes
-- why: The referrals of the census, of six years: those under way or ended in them
with six_years as (
    select as_at_local, cast(as_at_local - interval '6' year as date) as starts_on
    from config.settings
)

select
    referrals.referral_id as cine_referral_id,
    referrals.person_id as cine_person_id,
    referrals.referred_on as cine_referral_date,
    referrals.need_code as cine_cin_primary_need_code,
    referrals.source_of_referral as cine_referral_source_code,
    cast(null as varchar) as cine_referral_source_desc,
    cast(null as varchar) as cine_referral_outcome_json,
    case when referrals.no_further_action_on is null then 'N' else 'Y' end as cine_referral_nfa,
    referrals.closure_reason as cine_close_reason,
    referrals.closed_on as cine_close_date,
    cast(null as varchar) as cine_referral_team,
    cast(null as varchar) as cine_referral_worker_id
from int_cin_referrals as referrals
inner join six_years
    on coalesce(referrals.closed_on, referrals.no_further_action_on) is null
    or coalesce(referrals.closed_on, referrals.no_further_action_on) >= six_years.starts_on

-- grain: collection_year, referral_id
-- reads: config.return_periods, int_cin_activities, int_cin_referrals
-- publishes to: returns/cin_details
-- why: the cases of need of a census: every referral with no further action that was made in the
--   year, and every other that was open on a day of it. What happened after the year's last day is
--   left for the next census.
with periods as (
    select year as collection_year, starts_on, as_at from config.return_periods
    where return_name = 'cin'
),

conferences as (
    select periods.collection_year, activities.referral_id,
        min(activities.conference_on) as initial_conference_on
    from int_cin_activities as activities
    inner join periods on activities.conference_on between periods.starts_on and periods.as_at
    where activities.kind = 'initial_conference' and not activities.is_of_enquiry
    group by periods.collection_year, activities.referral_id
),

final as (
    select
        periods.collection_year,
        referrals.person_id,
        referrals.referral_id,
        referrals.referred_on,
        referrals.source_of_referral,
        referrals.need_code,
        case when referrals.closed_on <= periods.as_at then referrals.closed_on end as closed_on,
        case when referrals.closed_on is null or referrals.closed_on <= periods.as_at
            then referrals.closure_reason end as closure_reason,
        referrals.no_further_action_on is not null as is_no_further_action,
        conferences.initial_conference_on
    from int_cin_referrals as referrals
    cross join periods
    left join conferences on conferences.collection_year = periods.collection_year
        and conferences.referral_id = referrals.referral_id
    where referrals.referred_on <= periods.as_at
        and case
            when referrals.no_further_action_on is not null
                then referrals.referred_on >= periods.starts_on
            else referrals.closed_on is null or referrals.closed_on >= periods.starts_on
        end
)

select
    collection_year, person_id, referral_id,
    row_number() over (partition by collection_year, person_id order by referred_on, referral_id)
        as position,
    referred_on, source_of_referral, need_code, closed_on, closure_reason, initial_conference_on,
    is_no_further_action
from final

-- grain: collection_year, referral_id
-- reads: int_annex_a_people, int_annex_a_windows, int_cin_referrals
-- publishes to: returns/annex_a_list_3
-- why: referrals in the six months to the day, with how many the child had in twelve; the referrals
--   of the census
with referrals as (
    select
        windows.collection_year, windows.six_months_from, referrals.person_id,
        referrals.referral_id, referrals.referred_on, referrals.source_of_referral,
        case when referrals.no_further_action_on <= windows.as_at then 'Y' else 'N' end
            as is_no_further_action,
        count(*) over (partition by windows.collection_year, referrals.person_id) as count_referrals
    from int_cin_referrals as referrals
    inner join int_annex_a_windows as windows
        on referrals.referred_on between windows.twelve_months_from and windows.as_at
)

select
    referrals.collection_year, referrals.person_id, referrals.referral_id, people.child_id,
    people.gender, people.ethnicity, people.birth_date, people.age_years, referrals.referred_on,
    referrals.source_of_referral, referrals.is_no_further_action, referrals.count_referrals,
    people.team_name, people.worker_name,
    row_number() over (partition by referrals.collection_year
        order by referrals.referred_on, referrals.person_id, referrals.referral_id) as row_position
from referrals
inner join int_annex_a_people as people
    on people.collection_year = referrals.collection_year and people.person_id = referrals.person_id
where referrals.referred_on >= referrals.six_months_from

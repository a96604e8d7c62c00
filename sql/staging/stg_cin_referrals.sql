-- grain: referral_id
-- reads: casestore.dm_cin_referrals
-- why: referrals of children in need
select
    referral_id,
    person_id,
    referral_date as referred_at,
    nfa_date as no_further_action_at,
    closure_date as closed_at
from casestore.dm_cin_referrals

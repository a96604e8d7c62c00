-- grain: referral_id
-- reads: casestore.dm_cin_referrals
-- why: referrals of children in need
select
    referral_id,
    person_id,
    referral_date as referred_at,
    nfa_date as no_further_action_at,
    closure_date as closed_at,
    upper(text_of(source_of_referral)) as source_of_referral,
    upper(text_of(closure_reason)) as closure_reason
from casestore.dm_cin_referrals

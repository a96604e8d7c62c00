-- grain: label
-- reads: cpis_cohort
-- why: The share of the cohort that is matched to NHS numbers: below 95 % a council may not go live
--   (DCB1609).
-- numerator: plans whose holder has an NHS number that is verified, traced or matched
-- denominator: all plans of the cohort, by plan type and over all
-- source: cpis_cohort
-- known limits: a number can be traced and still be refused by the NHS
select
    coalesce(plan_type, 'all') as label, cast(count(nhs_number) as bigint) as numerator,
    cast(count(*) as bigint) as denominator, round(100e0 * count(nhs_number) / count(*), 1) as value
from cpis_cohort
group by grouping sets ((plan_type), ())
having count(*) > 0

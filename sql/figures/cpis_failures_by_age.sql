-- grain: area, reason, age
-- reads: cpis_failures
-- why: What fails, why, and for how long already: an old failure is a child whom the NHS does not
--   know.
-- numerator: failures to be mended of this reason and age
-- denominator: none
-- source: cpis_failures
-- known limits: age counts from the first run that saw the failure
select
    area, reason,
    case when age_days < 1 then 'today' when age_days < 7 then '1 to 6 days'
        when age_days < 28 then '7 to 27 days' else '28 days and more' end as age,
    cast(count(*) as bigint) as numerator
from cpis_failures
where is_to_be_mended
group by 1, 2, 3

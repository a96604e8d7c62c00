-- grain: audience
-- reads: config.de_identification, config.settings
-- why: How far what BI is given is coarsened. Facts speak for whole periods only: an event is told
--   once its month, quarter or year is over, so that the night on which a row first appears does
--   not give back its date.
select
    terms.audience,
    terms.k,
    terms.dates,
    terms.postcodes,
    terms.opt_out_days,
    cast(date_trunc(terms.dates, settings.as_at_local) as date) as whole_until,
    cast(date_trunc(terms.dates, settings.as_at_local - terms.history_months * interval '1' month)
        as date) as history_from
from config.de_identification as terms
cross join config.settings as settings
where terms.audience = 'bi'

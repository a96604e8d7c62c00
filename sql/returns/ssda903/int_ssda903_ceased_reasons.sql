-- grain: period_of_care_id, span
-- reads: int_ssda903_spans
-- why: The reason why an episode ceased: X1 where the next one of the period of care begins the
--   same day, otherwise what the placement that ended says; nothing while it is open.
select
    period_of_care_id, span,
    case
        when ended_on is null then null
        when next_started_on = ended_on then 'X1'
        else reason_episode_ceased
    end as rec
from int_ssda903_spans

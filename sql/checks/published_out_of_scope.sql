-- severity: block
-- grain: dataset, person_id
-- reads: casestore.dm_persons, config.settings, int_episodes, int_published
-- why: nobody is published who had died by the as-at time, or has no episode of care that began by
--   then and has not ended
select published.dataset, published.person_id
from int_published as published
cross join config.settings as settings
where published.person_id in (
        select person_id from casestore.dm_persons where date_of_death <= settings.as_at_local
    )
    or published.person_id not in (
        select person_id from int_episodes
        where opened_at <= settings.as_at_local and is_open and closed_at is null
    )

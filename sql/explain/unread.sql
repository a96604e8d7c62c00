-- Which of the case store's records of one person could not be read, so that nothing was decided by
-- them. `careshare explain` runs it over what a snapshot keeps of them, $person bound: a record is
-- of the person if its own text says so.
-- grain: happened_at, subject, words
-- why: who stands in no decision because their record is broken must not be answered that nobody
--   knows them
select
    settings.as_at_local as happened_at,
    'record not read' as subject,
    unread.table_name || coalesce(' ' || unread.key, '') || ' is in quarantine: '
        || coalesce(unread.column_name || ', ', '') || unread.rule
        || case when unread.table_name = 'dm_persons'
            then '; nothing about the person can be decided until it is mended' else '' end as words
from unread
cross join config.settings as settings
where strpos(unread.raw, '"person_id":"' || $person || '"') > 0
order by subject, words

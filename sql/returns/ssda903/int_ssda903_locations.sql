-- grain: period_of_care_id, stay
-- reads: config.return_authority, int_ssda903_home_posts, int_ssda903_placement_posts,
--   reference.postcodes
-- why: From the two postcodes: the authority that the placement lies in, whether that is the
--   council's own (IN or OUT), and the miles as the crow flies by the collection's formula, square
--   root of the squared differences in kilometres over 1.6093.
select
    posts.period_of_care_id, posts.stay, placed.local_authority as placement_authority,
    placement_location(placed.local_authority, authority.ons_code) as placement_location,
    collection_miles(placed.easting, placed.northing, home.easting, home.northing)
        as placement_distance
from int_ssda903_placement_posts as posts
cross join config.return_authority as authority
left join int_ssda903_home_posts as homes
    on homes.period_of_care_id = posts.period_of_care_id and homes.first_span = posts.first_span
left join reference.postcodes as placed on placed.postcode = fold_postcode(posts.pl_post)
left join reference.postcodes as home on home.postcode = fold_postcode(homes.home_post)

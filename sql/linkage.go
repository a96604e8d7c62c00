package sql

import "embed"

// Linkage is the SQL of the linkage engine: macros, the steps as templates over the mapped fields, and our lists of name variants.
//
//go:embed linkage
var Linkage embed.FS

package gateway

import _ "embed"

// AsyncAPI is the description of both sockets for other programs: an AsyncAPI 3
// document, YAML in UTF-8.
//
//go:embed asyncapi.yaml
var AsyncAPI []byte

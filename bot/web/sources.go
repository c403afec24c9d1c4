package web

import "embed"

//go:embed common/*.ts common/*.css widget/*.ts widget/*.css desk/*.ts desk/*.css board/*.ts board/*.css editor/*.ts editor/*.css hub/*.ts hub/*.css pages/*.ts pages/*.css pages/*.html pages/*.svg words/*.json
var sources embed.FS

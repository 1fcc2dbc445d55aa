{{/* What the schema cannot say. Renders nothing, or fails with a sentence that says what to write. */}}
{{- define "nightwatch.checks" -}}
{{- include "nightwatch.refuseMovedValues" . }}
{{- range list "namespaces" "replicaCount" "terminationGracePeriodSeconds" }}
{{- if not (hasKey $.Values .) }}
{{- fail (printf "%s is null: leave it out to have its default" .) }}
{{- end }}
{{- end }}
{{- if not .Values.image.repository }}
{{- fail "image.repository is missing: say where the image is that you have built with the Dockerfile" }}
{{- end }}
{{- if and .Values.certificateAuthorities.secret .Values.certificateAuthorities.configMap }}
{{- fail "certificateAuthorities.secret and certificateAuthorities.configMap are both given: choose one" }}
{{- end }}
{{- include "nightwatch.checkGracePeriod" . }}
{{- end }}

{{/* The keys of moved-values.yaml: the schema lets them pass, so that they are refused here, with a better message. */}}
{{- define "nightwatch.refuseMovedValues" -}}
{{- range .Files.Get "moved-values.yaml" | fromYamlArray }}
{{- $path := splitList "." .key }}
{{- $parent := $.Values }}
{{- range initial $path }}
{{- $parent = get $parent . | default dict }}
{{- end }}
{{- if hasKey $parent (last $path) }}
{{- fail (printf "%s is no value of this chart: %s" .key .instead) }}
{{- end }}
{{- end }}
{{- end }}

{{/* A leader that is stopped must end by itself before the kubelet kills it, or its successor waits for the lease. */}}
{{- define "nightwatch.checkGracePeriod" -}}
{{- $hard := get (default dict .Values.config) "NIGHTWATCH_LEASE_HARD" | default "4.4s" | toString }}
{{- $seconds := 0.0 }}
{{- range regexFindAll "[0-9.]+(ms|s|m)" $hard -1 }}
{{- $factor := ternary 0.001 (ternary 1.0 60.0 (hasSuffix "s" .)) (hasSuffix "ms" .) }}
{{- $seconds = addf $seconds (mulf (regexFind "[0-9.]+" . | float64) $factor) }}
{{- end }}
{{- if le (float64 .Values.terminationGracePeriodSeconds) $seconds }}
{{- fail (printf "terminationGracePeriodSeconds is %v: it has to be more than NIGHTWATCH_LEASE_HARD, %s" .Values.terminationGracePeriodSeconds $hard) }}
{{- end }}
{{- end }}

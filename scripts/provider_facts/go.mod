module llmdeploy/provider_facts

go 1.24

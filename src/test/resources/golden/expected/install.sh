# klts-repo: settings begin
settings() {
  id='golden'
  name='Golden & Sons'
  vendors='Golden,obs://build.example.org/isv:gold'
  base_url='https://packages.example.org/gold'
  # name, kind, priority, address, address of rpm, address of apt; the origin is the last
  mirrors='origin copy 100 https://packages.example.org/gold https://packages.example.org/gold/rpm https://packages.example.org/gold/apt'
  # name, the registry in whose place it is asked, address, priority
  registries=''
  # channel, its newest version
  channels='v1.28 1.28.15-lts.2
all 1.28.15-lts.2'
  fingerprints='53784380EE4D0ED93B4D31C92F4319005B578EC3'
  key='-----BEGIN PGP PUBLIC KEY BLOCK-----

mQINBGWSAIABEADCl6fxqv/VoEJk4gJJ1QNkt87nOwfjA6prJpA54m1GHAFu1BZs
oCBfc8vnmBIJzaiAdohLgcCPDTSghDF3mUZQ95kFnQKkpLYG9Tmz3Ssj9qvkRjAg
4XpUcC6hTuWK7r5hnSfx9iSSRNPst+p1QOJ/aTSDeYmlmLw7kGJmeCABQipSxMNq
km7boaxcARAcW6MvYrC33zHY/ps6H/f2RmzgyGXSTqVvaksBRHn9H6ngN9p4CPt5
EXaNGeNIk0O1hQyry8GjVNu67ctmIuMZ4cUmPvowDMr3Baw2P/Njmexvn6Z3b1NU
0eIHkUKymnHiGVmwzIePG2t0FZCgZOQAhTX9mIOx9QdRGi6sUdKY1zM0hiAHcJ1Y
Hz06AqiJGRBrK7QsMlYhVVx6kWyiBYraR1Ts/JUiP2er/po2HYoWufDGjByq2aRW
dw5wrGCQsVHqEiESc+f0bJwLJYXGSrhLqX7YaVt3DKg8MdmVgpKbTDTDACgRdKZH
LwhrVnvNvtA/P2gnp3qCvrTzh6y8SnvWJBeGOChPjj2nXRG6g8XzY23Rwa+L72Q1
+BcdD7QL2/XqQaw5BPenccnI3XJC74uGVWWiMSA4pi7cLk7WqyDNbuz/Q2zKT63u
eAS+AzSvcFuTWFsQics6qJfklbJtSczl0xw0ALsQaEE9w85j+rczedXIXwARAQAB
tCJnb29kIFRFU1QgT05MWSA8Z29vZEB0ZXN0LmludmFsaWQ+iQJUBBMBCgA+FiEE
U3hDgO5NDtk7TTHJL0MZAFtXjsMFAmWSAIACGwMFCSWenYAFCwkIBwIGFQoJCAsC
BBYCAwECHgECF4AACgkQL0MZAFtXjsO99g//QYTAVTDQ1G1LGaIBlwg1q2AOZZNj
YZxkHIOfrFqIbSWLrL+6uQmqoY7cH+1rupEw096cGTJG62v3TmNItWkpjiThZ0tx
eRVF4G8kVdwm61WHAC8306jXNy4J6787ucKTO2rhM+65QEc+6VeAGLDM3t425dfq
FxE7iKVIJ//guxt13mwvOF17+zP3ueAV/rsrwiFByVY1QC1BZ/XxJ1mD/+Umzarr
MBu0BRYEAkKQFitE66lQmsD2HQUbywEz3rASRWIT5oNqZ18F/unRlejs2YN9CDnE
xC7n3jq3zo0tGKtLbQUGPIXtL7wZXzqV9n+m0udIx6z55lCRdwUpfxXvm6cnK3IC
JxYAL2zGNpo7CXbRc9fbjoO0jlCj7qyuZaULs5I/b+Aj4Ee3Qr0gWLe0mRDpB9kl
fNlG6haf6RZZinn1CaLPc3jay2dB0tFze9Ya0mdXb8e2sUw5hCAgx3jVRdumCSO7
CnJqekG37jcKOS2CcsWiM+ImsOakBFP4zUKP3nfVIvmZf/AoTAjSSOvnAE44cWNY
aNLW3qOaG3wT0sI03w0cwl8LcfFo4UGulrXCzyioUaFP3UPYhOAGtWaHhnJRTt7C
WdPdcVAzzvkB4C5xUAWBRddggTYTGdf0rhSKMZWYDCxu6bISE3h1g80cgDUr4oHH
CG44//QyTz82AEg=
=9i67
-----END PGP PUBLIC KEY BLOCK-----'
}

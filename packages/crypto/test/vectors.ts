/**
 * Made by pyca/cryptography 48, not by this project. The key: `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`;
 * it protects nothing.
 *
 *   message = b64(c + hmac.new(key, c, sha256).digest()), c = iv + AES(key), CBC(iv), PKCS7(128) of the text
 *   wrapped = b64(public.encrypt(key, OAEP(MGF1(SHA1()), SHA1(), None)))
 *   oaep256 = public.encrypt(text, OAEP(MGF1(SHA256()), SHA256(), None)).hex()
 *
 * with key = bytes(range(32)) and iv = bytes(range(100, 116)).
 */
export const VECTORS = {
  privateKey: `-----BEGIN PRIVATE KEY-----
MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCs6NbdUbciZZbg
+mzyC1GBXbtxwrVCZUoYG/poLaG6I676LZymADgBsPzNLd9RXKhPDYORJSSF/sJ3
daZCcP02FqylpaI6WvtDJ51CZ3iWQN1oMRRoc3Lxuu7T1SJ6k35HPihOGN9GsniW
C6/KIkI5iPNF6Xrd3hLpegNTMuvMFOrT25yGSJQrvNIRQv/XKfMJKeTduBaj/x1f
fJlFiPtc4u8Bv8aFYy7acKEYy/Y3kUZ6iAHhjWi2I7M32Z7xbU1gaix/kD6rnDlq
68aJqRTe/OJDxlsG+vBZppdO37+NDIKemoRtnoBIINRqn192r37LJRofDGGhBfya
0DXwbBqxAgMBAAECggEAUHk/gxrkfmxEl+nFabNN2EUtF6mUndWxcd4XoYPXWOAB
sGspFHNWnabnSYEXhfD3Xm9+M7/TK0/h5yJI4nRezN0ptiCMC9fLSDp4LO8mRtvi
j/sDsgdFUG79d3ajSOQ7aeHqdUqLJAatK7w9sPhX1RpBiuC67+bK64H/aSnyZ3Ty
UPgY84vGJm6egP7mIbB7diJLULtmcUJEI1UYP97URoXBq7bGTL4IA2wcCufc4lct
ng2g2yyLVQ1lJOs1Cjkwh7FIG/8D/dmiv8i8YsbLSagsgj5IYeICZCbZBMrUA4hd
htYmsCP/3RskshtTdSbt2bLeQyempn4M3ZcdGVWIPwKBgQDjqDoNbk0DiO6P3Gv2
IJLM+YAHMzSI1gjVpMN0fYNrMqt6Haq6r28Q7Gzlh83BeE9Q2yw8SCfbxbSnwDgQ
rLS6Ne1z+VGKiGOUMBl5iAXClL57/URb6pIEa0dXtk6niKx5AUzPAu/0vSIpSGtY
aEnJEQeowa1WGYaPqDtMGU3cKwKBgQDCb7l2hZomTqAjs3MdGKDiIZfVeWidcqPR
zWMqL84ZzJvgqXHcRbZfFuRNE4J0727hGpH+7N2/QBpKUwN3CG2AVCw5k9YeQ64k
j6Q+HOSQambnI3TAU1Wx8CqJ7GfxxW7BFZuVS02K6Iwylz+AE1VW2NCb8lK2jprf
OdSOYtcKkwKBgEJucKJCsY56gsLQG2DzGGNf2xA+zPGxI1rUfYScq6C4ZHl59rwL
PWm+0/gWrN/r75k0m6/rjlX/VzwsRy/2dbZwzh2tfzHhos03S/e+zY9+QCeGPFBm
Hr3TYDokJMeWhl25F2TBAqx0FGffjhN6Oy3FHmsMOTyKrk11Vfha2fGJAoGAUy2A
ZZeZ7jFMiHlIEXZrvNEqJwSdIF3efu4iMfXpcVf6hw11zAl2jw8381EZSfTzthCr
zCaAZkSB+rGwlcdhMLjRgoAf5SqG4NUiKgAqNy2Nf+vHEk+UJV7ck8wyW1denfMk
b6WbMoVxFGNnot6ib1ipRU1Q3Q/8aOpQZ+kYnUkCgYANX5IaWB9GnZUcQ+7fiSy+
wXI0s9MdW+I/3efwIipqexpvVCViZCTrJ+a9c0Y363fb7aXL6Skozf48y736Uz3Z
x7heFa03yX0sH9fVp/0rHMEYApfDEAHbEZhoqyCjKcVTPfqe7oM87MsYfDVib14w
U0q6aZ/VdjwNY7zACsCKhg==
-----END PRIVATE KEY-----
`,
  key: Buffer.from(Array.from({ length: 32 }, (_, index) => index)),
  text: 'Grüße aus Köln 👋🏽',
  message:
    'ZGVmZ2hpamtsbW5vcHFyc59+sZ4Ou4OkGOp0ANe9wpGNApshs4ztbLmF2cepHfLfBG8CBs9e52DkWTarriADiVUQB5lF2UYHuFS45GT7aqY=',
  wrapped:
    'CRgOkOtNfQN/34SLo/67RFpghmyiaKhsQDjj/VC8EfkoF+XZIxQlWCa89Ui/bx5HJVOBCrzqML3SbUHC9wYXSrEKTisAvRLtjxM2ApbAymoKYV0VbE7LrbWsJgkv3xzWnVVrz1qekWDvjPDaB3q6Bvd5VNP/ugW5GbjZY2uddjXMAtwYgOj0FDzW8hpeXGMVngUVF7INI3pHvl72HCRt4+F3sMeSSngJIrF3xkclprHOzLEHbmDFidPPY/ZD8wRaSrm52PzXJ5WKIO9bzQoesyp7AZMm7IqmIL4fBeVRxZlztVVZ3K4TCXCLUrQjAFVbf1eZ3VdnYD1LsVhVlPvaxQ==',
  oaep256Text: '0123456789abcdef|alice – ok',
  oaep256:
    '69a9da9402009b83c3cf809921576edebcedde0d8af680aafe00bf34d21f482fec06907570425787f2f6c8e76d5b05e4d8269d0cd0d4bf678cbc20a01db5df3feae235865ac830765fb5c784b1734d9a1a2b9d729ecb15e3f0e791b56e8e159464fa8acc817df938462eacc4237e085d782401ad3b48accfdd796fd92b67c30cf62c27b556a9e107de589e84c6bce5e115b840a14c202569f93c7563cb5b6deb03f2ee502b40c6dad7e046723b9848d271d994c32fb4634db3593dfcffc6594e78e13721414bd9a948f16146536bf72fe6f3d55c35791725690243ea154792f2f9de75be135c842c783e941aab5dae9ec37cb67aefed6292bfcbe91df1e7b281',
};
